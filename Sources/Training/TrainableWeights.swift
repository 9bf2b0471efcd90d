import Foundation
import Kernels
import Synchronization
import Tensors

/// The parameters of a network in training, by name. A network is built from them anew for each step, which costs little:
///
///     let unet = try UNet2DConditionModel(Weights(trainable), config)
///
/// Each parameter comes to be when a network first asks for it: from another source if that has one of the name, else
/// from a seed, with values that depend on the seed and the name alone. It is handed out as a leaf of the graph, so
/// gradients can be asked for it, unless it is frozen. An update gives it a new tensor; networks that were built before
/// keep the old one.
public final class TrainableWeights: WeightSource {
    public let name: String
    private let origin: (any WeightSource)?
    private let seed: UInt64?
    private let zeroed: NameRule
    private let state: Mutex<State>

    private struct State {
        var parameters: [String: Parameter] = [:]
        var frozen: NameRule
        /// The checkpoint that the parameters were taken from.
        var checkpoint: String?
        /// Bytes of those that came from the seed.
        var made = 0

        func isFrozen(_ name: String) -> Bool { frozen.contains(name) || NameRule.statistics.contains(name) }
    }

    private struct Parameter {
        /// Tracked.
        var leaf: Tensor
        /// It is no longer what its origin gives.
        var hasChanged = false
    }

    /// - Parameters:
    ///   - name: what messages call it
    ///   - origin: where training starts, such as a base model
    ///   - seed: for what `origin` does not hold; nil to have everything in it
    ///   - frozen: what is not trained; the running statistics of batch normalisation never are
    ///   - zeroed: what begins at zero where it would come from the seed, such as the last layer of every residual branch,
    ///     so that a network begins as its shortcuts alone
    public init(
        name: String,
        from origin: (any WeightSource)? = nil,
        seed: UInt64?,
        frozen: NameRule = .none,
        zeroed: NameRule = .none
    ) {
        self.name = name
        self.origin = origin
        self.seed = seed
        self.zeroed = zeroed
        state = Mutex(State(frozen: frozen))
    }

    // MARK: - As a source

    public var tensorNames: [String] {
        let held = state.withLock { Set($0.parameters.keys) }
        return held.union(origin?.tensorNames ?? []).sorted()
    }

    public func shape(of name: String) -> [Int]? {
        state.withLock { $0.parameters[name]?.leaf.shape } ?? origin?.shape(of: name)
    }

    public func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        let (held, isFrozen, checkpoint) = state.withLock {
            ($0.parameters[name]?.leaf, $0.isFrozen(name), $0.checkpoint)
        }
        if let held {
            guard held.shape == shape else {
                throw WeightsError.wrongShape(
                    name: name,
                    expected: shape,
                    found: held.shape,
                    source: checkpoint ?? self.name
                )
            }
            return isFrozen ? held.detached() : held
        }
        if let checkpoint, !isFrozen { throw WeightsError.missing(name: name, source: checkpoint, nearest: nil) }
        let leaf = try start(name, shape: shape, initial: initial).tracked()
        return state.withLock { state in
            // Another thread may have been first.
            let parameter = state.parameters[name] ?? Parameter(leaf: leaf)
            state.parameters[name] = parameter
            return isFrozen ? parameter.leaf.detached() : parameter.leaf
        }
    }

    /// Beside each weight lie its gradient, two moments and an average.
    private static let mostMade = Int(clamping: ProcessInfo.processInfo.physicalMemory / 6)

    private func start(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        if let origin, origin.shape(of: name) != nil || seed == nil {
            return try origin.tensor(name, shape: shape, initial: initial).detached()
        }
        guard let seed else { throw WeightsError.missing(name: name, source: self.name, nearest: nil) }
        let bytes = shape.reduce(4) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
        let fits = state.withLock { state in
            guard bytes <= Self.mostMade - state.made else { return false }
            state.made += bytes
            return true
        }
        guard fits else {
            throw WeightsError.tooLarge(name: name, shape: shape, source: self.name, limit: Self.mostMade)
        }
        if zeroed.contains(name) { return .zeros(shape) }
        // A source for this one tensor: it does not stay in memory beside the trained one.
        return try FreshWeights(name: self.name, seed: seed).tensor(name, shape: shape, initial: initial)
    }

    // MARK: - Training

    /// What is not trained from now on; what was trained so far keeps its values.
    public func freeze(_ rule: NameRule) { state.withLock { $0.frozen = rule } }

    /// The leaves that gradients are wanted for, sorted by name.
    public var trained: [(name: String, leaf: Tensor)] {
        state.withLock { state in
            state.parameters.filter { !state.isFrozen($0.key) }.sorted { $0.key < $1.key }.map {
                ($0.key, $0.value.leaf)
            }
        }
    }

    /// The present values of all that a network has asked for, frozen or not, without a graph.
    public var values: [String: Tensor] { state.withLock { $0.parameters.mapValues { $0.leaf.detached() } } }

    /// Gives parameters new values.
    ///
    /// - Precondition: a network has asked for each, and the shapes are the same.
    public func update(_ values: [String: Tensor]) {
        state.withLock { state in
            for (name, tensor) in values {
                require(
                    state.parameters[name]?.leaf.shape == tensor.shape,
                    "\(name) is no parameter of this shape"
                )
                state.parameters[name] = Parameter(leaf: tensor.tracked(), hasChanged: true)
            }
        }
    }

    // MARK: - Checkpoints

    /// All that training has changed: what cannot be had from the origin or the seed again.
    var trainedSoFar: [String: Tensor] {
        state.withLock { state in state.parameters.filter(\.value.hasChanged).mapValues { $0.leaf.detached() } }
    }

    /// Takes the parameters of a checkpoint in place of all that there are; from here on one that is trained and not in
    /// it is an error, as the network is then another one.
    ///
    /// - Parameter check: what it throws leaves everything as it was
    func restore(_ values: [String: Tensor], from checkpoint: String, check: () throws -> Void) throws {
        let before = state.withLock { state in
            let before = (state.parameters, state.checkpoint)
            state.parameters = values.mapValues { Parameter(leaf: $0.detached().tracked(), hasChanged: true) }
            state.checkpoint = checkpoint
            return before
        }
        do { try check() } catch {
            state.withLock { ($0.parameters, $0.checkpoint) = before }
            throw error
        }
    }
}
