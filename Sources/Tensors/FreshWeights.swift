import Synchronization

/// A source that makes each tensor when a network first asks for it, from a seed, so that building a network is also
/// what lists its parameters. The values of a tensor depend on the seed and its name, not on the order of asking.
public final class FreshWeights: WeightSource {
    public let name: String
    private let seed: UInt64
    private let tensors = Mutex<[String: Tensor]>([:])

    public init(name: String, seed: UInt64) {
        self.name = name
        self.seed = seed
    }

    public var tensorNames: [String] { tensors.withLock { $0.keys.sorted() } }
    public func shape(of name: String) -> [Int]? { tensors.withLock { $0[name]?.shape } }
    /// Everything made so far, by name.
    public var all: [String: Tensor] { tensors.withLock { $0 } }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        if let existing = tensors.withLock({ $0[name] }) {
            guard existing.shape == shape else {
                throw WeightsError.wrongShape(name: name, expected: shape, found: existing.shape, source: self.name)
            }
            return existing
        }
        let tensor = fresh(initial, shape: shape, seed: seed ^ fnv1a(name))
        tensors.withLock { $0[name] = tensor }
        return tensor
    }
}

private func fresh(_ initial: InitialValue, shape: [Int], seed: UInt64) -> Tensor {
    let count = shape.reduce(1, *)
    switch initial {
    case .zeros: return .zeros(shape)
    case .ones: return Tensor(repeating: 1, shape: shape)
    case .constant(let value): return Tensor(repeating: value, shape: shape)
    case .normal(let deviation):
        var random = TorchRandomSource(seed: seed)
        return Tensor(random.normal(count), shape: shape) * deviation
    case .uniform(let bound):
        var random = TorchRandomSource(seed: seed)
        return Tensor((0..<count).map { _ in (2 * random.uniform() - 1) * bound }, shape: shape)
    }
}

/// FNV-1a, 64 bits.
private func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}
