/// Where a network's parameters come from: a checkpoint, or fresh values for training.
public protocol WeightSource: AnyObject, Sendable {
    /// What messages call it: the file's path.
    var name: String { get }
    /// The full names of all tensors it holds now.
    var tensorNames: [String] { get }
    func shape(of name: String) -> [Int]?
    /// The tensor in 32-bit floats. `initial` matters to a source that makes its tensors on demand.
    ///
    /// - Throws: `WeightsError` when it is missing or has another shape.
    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor
    /// What the tensor takes in memory, in bytes: those of a mapped file where it is used as it lies; 0 when there is no
    /// such tensor.
    func bytesInMemory(of name: String) -> Int
}

extension WeightSource {
    /// As 32-bit floats.
    public func bytesInMemory(of name: String) -> Int { shape(of: name).map { $0.reduce(4, *) } ?? 0 }
}

/// What a fresh parameter starts from; fans and gains as PyTorch's layers have them.
public enum InitialValue: Hashable, Sendable {
    case zeros
    case ones
    case constant(Float)
    case normal(deviation: Float)
    /// Uniform in -bound ... bound.
    case uniform(bound: Float)
}

/// A view of a weight source below a path: `weights / "down_blocks" / "0"`.
public struct Weights: Sendable {
    public let source: any WeightSource
    /// The prefix, without a trailing dot; empty at the root.
    public private(set) var path = ""
    /// What batch norms made of these weights take: PyTorch's `train()` and `eval()`.
    let statistics: BatchNorm.Statistics
    private let usage = WeightUsage()

    public init(_ source: any WeightSource, statistics: BatchNorm.Statistics = .running) {
        self.source = source
        self.statistics = statistics
    }

    public static func / (weights: Weights, name: String) -> Weights {
        var inner = weights
        inner.path = weights.fullName(name)
        return inner
    }

    public static func / (weights: Weights, index: Int) -> Weights { weights / "\(index)" }

    public func contains(_ name: String) -> Bool { source.shape(of: fullName(name)) != nil }
    public func shape(of name: String) -> [Int]? { source.shape(of: fullName(name)) }

    /// How many there are of something that is numbered: the first number from `first` on of which there is no tensor, at most
    /// `limit`.
    ///
    /// - Parameter name: of a tensor that each has
    public func count(from first: Int = 0, to limit: Int, _ name: (Int) -> String) -> Int {
        (first..<limit).first { !contains(name($0)) } ?? limit
    }

    /// - Throws: `WeightsError` when the tensor is missing or has another shape.
    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        usage.insert(fullName(name))
        return try source.tensor(fullName(name), shape: shape, initial: initial).named(fullName(name))
    }

    /// What all tensors below this path take in memory.
    public var bytesInMemory: Int {
        let prefix = path.isEmpty ? "" : path + "."
        return source.tensorNames.reduce(0) { $1.hasPrefix(prefix) ? $0 + source.bytesInMemory(of: $1) : $0 }
    }

    /// Marks tensors below this path as known and not wanted, for `assertAllUsed`.
    public func ignore(where isIgnored: (String) -> Bool) {
        for name in source.tensorNames where name.hasPrefix(path) && isIgnored(name) { usage.insert(name) }
    }

    /// - Throws: `WeightsError.unused` when the file holds tensors below this path that no layer asked for: it is then
    ///   not the model it was taken for.
    public func assertAllUsed() throws {
        let prefix = path.isEmpty ? "" : path + "."
        let unused = source.tensorNames.filter { $0.hasPrefix(prefix) && !usage.contains($0) }.sorted()
        if !unused.isEmpty { throw WeightsError.unused(names: unused, source: source.name) }
    }

    private func fullName(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

public enum WeightsError: Error, Hashable {
    case missing(name: String, source: String, nearest: String?)
    case wrongShape(name: String, expected: [Int], found: [Int], source: String)
    case unused(names: [String], source: String)
    /// Weights that are made, not read, and are more than the machine holds.
    case tooLarge(name: String, shape: [Int], source: String, limit: Int)
    /// The file is not what it was taken for.
    case wrongModel(found: String, expected: String, source: String)
}

extension WeightsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let name, let source, let nearest):
            "\(source): there is no tensor \(name)" + (nearest.map { "; the nearest name is \($0)" } ?? "")
        case .wrongShape(let name, let expected, let found, let source):
            "\(source): \(name) has shape \(found), expected \(expected)"
        case .unused(let names, let source):
            "\(source): \(counted(names.count, "tensor", "is", "are")) not part of this model, such as "
                + names.prefix(3).joined(separator: ", ")
        case .tooLarge(let name, let shape, let source, let limit):
            "\(source): with \(name), which has shape \(shape), the weights would take more than \(limit) bytes, and training "
                + "several times as much: its settings make it too large for this machine"
        case .wrongModel(let found, let expected, let source):
            "\(source): this is \(found); expected \(expected)"
        }
    }
}
