import Tensors

/// A file of weights, or several that belong together.
public protocol CheckpointSource: WeightSource {
    /// The strings that its writer added.
    var metadata: [String: String] { get }
    /// What a tensor's elements are in the file; nil when there is no such tensor.
    func elementType(of name: String) -> ElementType?
    /// The tensor in whatever shape it has, as 32-bit floats: smaller ones are widened, those of 64 bits rounded.
    ///
    /// - Throws: `WeightsError.missing`, or `CheckpointError.notFloats` when it holds what `ElementType.isReadAsFloats`
    ///   denies.
    func tensor(_ name: String) throws -> Tensor
    /// The values of a tensor of integers or booleans, in row-major order.
    ///
    /// - Throws: `WeightsError.missing`, or `CheckpointError.notIntegers` when it holds something else, or numbers
    ///   beyond Int.
    func integers(_ name: String) throws -> [Int]
}

extension CheckpointSource {
    /// - Throws: as `tensor(_:)`, and `WeightsError.wrongShape` when the tensor has another shape.
    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        if let found = self.shape(of: name), found != shape {
            throw WeightsError.wrongShape(name: name, expected: shape, found: found, source: self.name)
        }
        return try tensor(name)
    }

    /// As in the file, which is mapped; floats of 64 bits become 32.
    public func bytesInMemory(of name: String) -> Int {
        guard let shape = shape(of: name), let type = elementType(of: name) else { return 0 }
        return (type == .f64 ? .f32 : type).byteCount(of: shape) ?? 0
    }
}
