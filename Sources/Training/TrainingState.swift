import Tensors

/// A training between two steps: everything that the steps to come depend on, so that going on from it gives the bits of
/// never having stopped. The learning rate follows from the step, which is in it.
///
/// Tensors: `parameter.<name>`; `first_moment.<name>` and `second_moment.<name>` of AdamW; `average.<name>`; `losses`,
/// one for each step. Numbers: `step`; `updates.<name>` of AdamW; `average_updates`; `seed.<name>`, a seed and its position.
public struct TrainingState: Sendable {
    /// What its tensors and numbers are; raised when they are others.
    public static let format = "training 3"

    public var tensors: [String: Tensor]
    public var numbers: [String: [UInt64]]

    public init(tensors: [String: Tensor], numbers: [String: [UInt64]]) {
        self.tensors = tensors
        self.numbers = numbers
    }
}

private enum Part: String, CaseIterable {
    case parameter, first = "first_moment", second = "second_moment", average

    func key(_ name: String) -> String { "\(rawValue).\(name)" }
}

private let lossesKey = "losses"
private let seedPrefix = "seed."

extension Trainer {
    /// The training as it stands.
    public var state: TrainingState {
        var tensors: [String: Tensor] = [lossesKey: Tensor(losses, shape: [losses.count])]
        var numbers = ["step": [UInt64(step)]]
        for (name, stream) in seeds { numbers[seedPrefix + name] = [stream.seed, UInt64(stream.position)] }
        for (name, tensor) in weights.trainedSoFar {
            tensors[Part.parameter.key(name)] = tensor
            guard let moments = moments[name] else { continue }
            tensors[Part.first.key(name)] = Tensor(moments.first, shape: tensor.shape)
            tensors[Part.second.key(name)] = Tensor(moments.second, shape: tensor.shape)
            numbers["updates.\(name)"] = [UInt64(moments.updates)]
        }
        if let average {
            numbers["average_updates"] = [UInt64(average.updates)]
            for (name, tensor) in average.values { tensors[Part.average.key(name)] = tensor }
        }
        return TrainingState(tensors: tensors, numbers: numbers)
    }

    /// Goes on from a state that a trainer of the same network gave: this training's weights, step, moments, averages and
    /// seeds are those of the state. Settings stay as they are. When it fails nothing has changed.
    ///
    /// - Parameter build: makes the network, which must find all that it trains in the state
    /// - Throws: `TrainingError.notResumable`; `WeightsError` where the state is of another network
    public mutating func resume<Network>(
        from state: TrainingState,
        build: (Weights) throws -> Network
    ) throws {
        let reader = try StateReader(state)
        let step = try reader.count("step")
        let losses = try reader.losses(count: step)
        let moments = try reader.moments()
        let seeds = try reader.seeds(atLeast: Set(self.seeds.keys))
        let average = try settings.averageDecay.map { try reader.average(limit: $0) }
        try weights.restore(reader.tensors(.parameter), from: "the checkpoint") { _ = try build(Weights(weights)) }
        (self.step, self.losses, self.moments) = (step, losses, moments)
        (self.seeds, self.average) = (seeds, average)
    }
}

/// A state whose tensors fit each other.
private struct StateReader {
    private let state: TrainingState
    private var parts: [Part: [String: Tensor]] = [:]

    init(_ state: TrainingState) throws {
        self.state = state
        for (key, tensor) in state.tensors where key != lossesKey {
            guard let part = Part.allCases.first(where: { key.hasPrefix($0.key("")) }) else {
                throw TrainingError.notResumable(.strayTensor(key))
            }
            parts[part, default: [:]][String(key.dropFirst(part.key("").count))] = tensor
        }
        let shapes = tensors(.parameter).mapValues(\.shape)
        for (part, tensors) in parts {
            for (name, tensor) in tensors where tensor.shape != shapes[name] {
                throw TrainingError.notResumable(.strayTensor(part.key(name)))
            }
        }
    }

    func tensors(_ part: Part) -> [String: Tensor] { parts[part] ?? [:] }

    func moments() throws -> [String: AdamW.Moments] {
        var moments: [String: AdamW.Moments] = [:]
        for name in tensors(.parameter).keys {
            moments[name] = AdamW.Moments(
                first: try values(.first, name),
                second: try values(.second, name),
                updates: try count("updates.\(name)")
            )
        }
        return moments
    }

    func average(limit: Double) throws -> ExponentialMovingAverage {
        let names = tensors(.parameter).keys
        let values = try Dictionary(uniqueKeysWithValues: names.map { ($0, try tensor(.average, $0)) })
        return ExponentialMovingAverage(limit: limit, updates: try count("average_updates"), values: values)
    }

    func losses(count: Int) throws -> [Float] {
        guard let losses = state.tensors[lossesKey], losses.shape == [count] else {
            throw TrainingError.notResumable(.missingTensor(lossesKey))
        }
        return losses.values
    }

    func seeds(atLeast wanted: Set<String>) throws -> [String: SeedStream] {
        var seeds: [String: SeedStream] = [:]
        for (field, numbers) in state.numbers where field.hasPrefix(seedPrefix) {
            guard numbers.count == 2, let position = Self.count(numbers[1]) else { throw bad(field) }
            seeds[String(field.dropFirst(seedPrefix.count))] = SeedStream(seed: numbers[0], position: position)
        }
        for stream in wanted.sorted() where seeds[stream] == nil { throw bad(seedPrefix + stream) }
        return seeds
    }

    func count(_ field: String) throws -> Int {
        guard let numbers = state.numbers[field], numbers.count == 1, let count = Self.count(numbers[0]) else {
            throw bad(field)
        }
        return count
    }

    private func tensor(_ part: Part, _ name: String) throws -> Tensor {
        guard let tensor = tensors(part)[name] else { throw TrainingError.notResumable(.missingTensor(part.key(name))) }
        return tensor
    }

    private func values(_ part: Part, _ name: String) throws -> [Float] { try tensor(part, name).values }

    /// What can be counted on from.
    private static func count(_ number: UInt64) -> Int? { number < UInt64(Int.max / 2) ? Int(number) : nil }

    private func bad(_ field: String) -> TrainingError {
        .notResumable(.badNumbers(field: field, found: state.numbers[field]))
    }
}
