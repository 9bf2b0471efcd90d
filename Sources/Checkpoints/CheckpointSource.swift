import Tensors

/// A file of weights, or several that belong together.
public protocol CheckpointSource: WeightSource {
    /// The strings that its writer added.
    var metadata: [String: String] { get }
    /// What a tensor's elements are in the file; nil when there is no such tensor.
    func elementType(of name: String) -> ElementType?
    /// The tensor in whatever shape it has; F16 and BF16 are widened.
    ///
    /// - Throws: `WeightsError.missing`, or `CheckpointError.notFloats` when it holds something else than 32-bit or
    ///   16-bit floats.
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

    /// As in the file, which is mapped.
    public func bytesInMemory(of name: String) -> Int {
        guard let shape = shape(of: name), let type = elementType(of: name) else { return 0 }
        return type.byteCount(of: shape) ?? 0
    }
}
