import Checkpoints
import Tensors

/// A training in one safetensors file: everything that the steps to come depend on, so that going on from it gives the
/// bits of never having stopped. The learning rate follows from the step, which is in it.
///
/// Tensors: `parameter.<name>`; `first_moment.<name>`, `second_moment.<name>` and `updates.<name>` of AdamW;
/// `average.<name>`; `losses`, one for each step. Metadata: `format`, `step`, `average_updates`, and `seed.<name>`, a seed and its position.
enum TrainingCheckpoint {
    static let format = "pulid-run training 2"
    static let losses = "losses"

    enum Part: String, CaseIterable {
        case parameter, first = "first_moment", second = "second_moment", updates, average

        func key(_ name: String) -> String { "\(rawValue).\(name)" }
    }
}

private typealias Part = TrainingCheckpoint.Part

extension Trainer {
    /// Writes the training to `path`; a file that was there is replaced at once, or stays as it was.
    ///
    /// - Throws: `CheckpointError`
    public func save(to path: String) throws {
        var metadata = ["format": TrainingCheckpoint.format, "step": "\(step)"]
        for (name, stream) in seeds { metadata["seed.\(name)"] = "\(stream.seed) \(stream.position)" }
        if let average { metadata["average_updates"] = "\(average.updates)" }
        var writer = SafetensorsWriter(metadata: metadata)
        let parameters = weights.trainedSoFar
        for (name, tensor) in parameters {
            writer.add(Part.parameter.key(name), tensor)
            guard let moments = moments[name] else { continue }
            writer.add(Part.first.key(name), Tensor(moments.first, shape: tensor.shape))
            writer.add(Part.second.key(name), Tensor(moments.second, shape: tensor.shape))
            // Floats count exactly up to 16 million.
            writer.add(Part.updates.key(name), Tensor([Float(moments.updates)], shape: [1]))
        }
        for (name, tensor) in average?.values ?? [:] { writer.add(Part.average.key(name), tensor) }
        writer.add(TrainingCheckpoint.losses, Tensor(losses, shape: [losses.count]))
        try writer.write(to: path)
    }

    /// Goes on from a file that `save` wrote: this training's weights, step, moments, averages and seeds are those of
    /// the file. Settings stay as they are. When it fails nothing has changed.
    ///
    /// - Throws: `CheckpointError`; `TrainingError.notACheckpoint`
    public mutating func resume(from path: String) throws {
        let file = try CheckpointReader(SafetensorsFile(path: path))
        let step = try file.count("step")
        let seeds = try file.seeds()
        let losses = try file.losses(count: step)
        let moments = try file.moments()
        for stream in self.seeds.keys.sorted() where seeds[stream] == nil { throw file.lacks(seed: stream) }
        if let limit = settings.averageDecay {
            average = ExponentialMovingAverage(
                limit: limit,
                updates: try file.count("average_updates"),
                values: file.tensors(.average)
            )
        }
        weights.restore(file.tensors(.parameter), from: path)
        (self.step, self.moments) = (step, moments)
        self.seeds = seeds
        self.losses = losses
    }
}

/// A checkpoint whose tensors fit each other.
private struct CheckpointReader {
    private let file: SafetensorsFile
    private var parts: [Part: [String: Tensor]] = [:]

    init(_ file: SafetensorsFile) throws {
        self.file = file
        guard file.metadata["format"] == TrainingCheckpoint.format else {
            throw Self.error(file, .otherFormat(found: file.metadata["format"]))
        }
        for key in file.tensorNames where key != TrainingCheckpoint.losses {
            guard let part = Part.allCases.first(where: { key.hasPrefix($0.key("")) }) else {
                throw Self.error(file, .strayTensor(key))
            }
            parts[part, default: [:]][String(key.dropFirst(part.key("").count))] = try file.tensor(key)
        }
        let shapes = tensors(.parameter).mapValues(\.shape)
        for (part, tensors) in parts {
            for (name, tensor) in tensors {
                guard let shape = shapes[name], tensor.shape == (part == .updates ? [1] : shape) else {
                    throw Self.error(file, .strayTensor(part.key(name)))
                }
            }
        }
    }

    func tensors(_ part: Part) -> [String: Tensor] { parts[part] ?? [:] }

    func moments() throws -> [String: AdamW.Moments] {
        let (first, second, updates) = (tensors(.first), tensors(.second), tensors(.updates))
        let names = Set(first.keys).union(second.keys).union(updates.keys)
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                guard let m = first[name] else { throw Self.error(file, .missingTensor(Part.first.key(name))) }
                guard let v = second[name] else { throw Self.error(file, .missingTensor(Part.second.key(name))) }
                guard let n = updates[name] else { throw Self.error(file, .missingTensor(Part.updates.key(name))) }
                guard let updates = Int(exactly: n.values[0]), updates >= 0 else {
                    throw Self.error(file, .badNumber(field: Part.updates.key(name), found: "\(n.values[0])"))
                }
                return (name, AdamW.Moments(first: m.values, second: v.values, updates: updates))
            }
        )
    }

    func losses(count: Int) throws -> [Float] {
        guard file.shape(of: TrainingCheckpoint.losses) == [count] else {
            throw Self.error(file, .missingTensor(TrainingCheckpoint.losses))
        }
        return try file.tensor(TrainingCheckpoint.losses).values
    }

    func count(_ field: String) throws -> Int {
        let text = file.metadata[field]
        guard let number = text.flatMap({ Int($0) }), number >= 0, number < .max / 2 else {
            throw Self.error(file, .badNumber(field: field, found: text))
        }
        return number
    }

    func seeds() throws -> [String: SeedStream] {
        var seeds: [String: SeedStream] = [:]
        for (field, text) in file.metadata where field.hasPrefix("seed.") {
            let words = text.split(separator: " ")
            guard words.count == 2, let seed = UInt64(words[0]), let position = Int(words[1]),
                (0..<Int.max / 2).contains(position)
            else { throw Self.error(file, .badNumber(field: field, found: text)) }
            seeds[String(field.dropFirst("seed.".count))] = SeedStream(seed: seed, position: position)
        }
        return seeds
    }

    func lacks(seed stream: String) -> TrainingError {
        Self.error(file, .badNumber(field: "seed.\(stream)", found: nil))
    }

    private static func error(_ file: SafetensorsFile, _ fault: CheckpointFault) -> TrainingError {
        .notACheckpoint(file: file.name, fault: fault)
    }
}
