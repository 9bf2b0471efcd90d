import Tensors

/// A part of a checkpoint under the names, and in the shapes, that a network asks for.
public final class RenamedWeights: WeightSource {
    /// What a stored tensor, or a part of it, becomes.
    public struct Target: Hashable, Sendable {
        public enum Form: Hashable, Sendable {
            case same
            /// A 1x1 convolution as the matrix that it is.
            case matrix
            case transposed
            /// One of several equal parts along the first dimension.
            case part(Int, of: Int)
        }

        public let name: String
        public let form: Form

        public init(_ name: String, _ form: Form = .same) {
            self.name = name
            self.form = form
        }
    }

    private let source: any CheckpointSource
    private let stored: [String: (name: String, form: Target.Form)]

    /// - Parameters:
    ///   - prefix: what the names of the part begin with in the file
    ///   - targets: of a name without the prefix; none for a tensor that is not needed
    /// - Throws: `CheckpointError.twoForOne` when two tensors become the same
    public init(
        _ source: any CheckpointSource,
        prefix: String,
        targets: (String) -> [Target]
    ) throws {
        self.source = source
        var stored: [String: (name: String, form: Target.Form)] = [:]
        for name in source.tensorNames where name.hasPrefix(prefix) {
            for target in targets(String(name.dropFirst(prefix.count))) {
                guard stored.updateValue((name, target.form), forKey: target.name) == nil else {
                    throw CheckpointError.twoForOne(name: target.name, file: source.name)
                }
            }
        }
        self.stored = stored
    }

    public var name: String { source.name }
    public var tensorNames: [String] { stored.keys.sorted() }

    public func shape(of name: String) -> [Int]? {
        guard let (original, form) = stored[name], let shape = source.shape(of: original) else { return nil }
        switch form {
        case .same: return shape
        case .matrix: return shape.count == 4 && shape[2...] == [1, 1] ? Array(shape.prefix(2)) : shape
        case .transposed: return shape.count == 2 ? shape.reversed() : shape
        case .part(_, let count):
            guard let rows = shape.first, rows % count == 0 else { return shape }
            return [rows / count] + shape.dropFirst()
        }
    }

    /// Transposed matrices and parts of a tensor are floats of their own.
    public func bytesInMemory(of name: String) -> Int {
        guard let (original, form) = stored[name], let shape = shape(of: name) else { return 0 }
        switch form {
        case .same, .matrix: return source.bytesInMemory(of: original)
        case .transposed, .part: return ElementType.f32.byteCount(of: shape) ?? 0
        }
    }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        guard let (original, form) = stored[name], let found = self.shape(of: name) else {
            throw WeightsError.missing(
                name: name,
                source: self.name,
                nearest: nearestName(to: name, among: stored.keys)
            )
        }
        guard found == shape else {
            throw WeightsError.wrongShape(name: name, expected: shape, found: found, source: self.name)
        }
        let tensor = try source.tensor(original)
        switch form {
        case .same, .matrix: return tensor.shape == found ? tensor : tensor.reshaped(found)
        case .transposed: return tensor.rank == 2 ? tensor.transposed() : tensor
        case .part(let index, _):
            guard tensor.shape != found else { return tensor }
            return tensor.sliced(axis: 0, index * found[0]..<(index + 1) * found[0])
        }
    }
}
