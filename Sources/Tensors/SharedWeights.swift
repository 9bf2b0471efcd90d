import Synchronization

/// Weights of which each tensor is made once and shared by all networks that ask for it.
public final class SharedWeights: WeightSource {
    private let source: any WeightSource
    private let made = Mutex<[String: Tensor]>([:])

    public init(_ source: any WeightSource) { self.source = source }

    public var name: String { source.name }
    public var tensorNames: [String] { source.tensorNames }
    public func shape(of name: String) -> [Int]? { source.shape(of: name) }
    public func bytesInMemory(of name: String) -> Int { source.bytesInMemory(of: name) }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        if let tensor = made.withLock({ $0[name] }), tensor.shape == shape { return tensor }
        let tensor = try source.tensor(name, shape: shape, initial: initial)
        return made.withLock { made in
            let first = made[name] ?? tensor
            made[name] = first
            return first
        }
    }
}
