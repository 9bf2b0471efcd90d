import Diffusion
import Graph
import Tensors

/// A render between two steps, at rest: together with its inputs, all that the rest of it depends on.
struct SamplingProgress {
    let state: SamplerState
    let random: TorchRandomSource

    private static let kind = "sampling 1"
    /// The newest first.
    private static let estimates = ["denoised", "denoised 2", "denoised 3"]

    func record(of sampler: Sampler, _ timeline: SamplingSchedule) -> ArtifactRecord {
        let words = random.words
        var blocks: [String: ArtifactRecord.Block] = [
            "latent": .init(state.latent),
            "random": .init(element: .int64, shape: [words.count], bytes: Bytes(words.flatMap { Int64($0).bytes })),
        ]
        for (name, estimate) in zip(Self.estimates, state.estimates) { blocks[name] = .init(estimate) }
        if let corrected = state.corrected { blocks["corrected"] = .init(corrected) }
        var values: [String: Value] = [
            "sampler": .string(sampler.rawValue), "steps": .integer(Int128(timeline.steps.count)),
            "index": .integer(Int128(state.index)),
        ]
        if let seed = state.treeSeed { values["tree seed"] = .integer(Int128(seed)) }
        return ArtifactRecord(kind: Self.kind, blocks: blocks, values: values)
    }

    /// - Parameter start: where the render begins
    /// - Throws: `ArtifactError` when the record is not of a render like this one
    init(record: ArtifactRecord, of sampler: Sampler, _ timeline: SamplingSchedule, from start: SamplerState) throws {
        try record.require(kind: Self.kind)
        let shape = start.latent.shape.map { Optional($0) }
        guard record.values["sampler"] == .string(sampler.rawValue),
            record.values["steps"] == .integer(Int128(timeline.steps.count)),
            case .integer(let wide)? = record.values["index"], let index = Int(exactly: wide),
            start.index < index, index <= timeline.steps.count,
            let words = record.blocks["random"]?.words, let random = TorchRandomSource(words: words)
        else { throw ArtifactError.damaged(kind: Self.kind, reason: "it is of another render") }
        var seed: UInt64?
        if sampler.drawsBrownianPath {
            guard case .integer(let wide)? = record.values["tree seed"], let exact = UInt64(exactly: wide) else {
                throw ArtifactError.damaged(kind: Self.kind, reason: "the seed of its noise is missing")
            }
            seed = exact
        }
        state = SamplerState(
            latent: try record.tensor("latent", shape: shape),
            index: index,
            estimates: try Self.estimates.prefix(min(sampler.keptEstimates, index - start.index)).map {
                try record.tensor($0, shape: shape)
            },
            corrected: sampler.keepsCorrected ? try record.tensor("corrected", shape: shape) : nil,
            treeSeed: seed
        )
        self.random = random
    }

    init(_ state: SamplerState, _ random: TorchRandomSource) {
        self.state = state
        self.random = random
    }
}

extension Int64 {
    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

extension ArtifactRecord.Block {
    /// Numbers of 32 bits each; nil if it holds others.
    fileprivate var words: [UInt32]? {
        guard element == .int64, shape.count == 1 else { return nil }
        let words = (0..<shape[0]).map { i in
            bytes.withUnsafeBytes {
                UInt32(exactly: Int64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 * i, as: Int64.self)))
            }
        }
        return words.contains(nil) ? nil : words.compactMap { $0 }
    }
}
