import Diffusion
import Graph
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// A render that is stopped goes on at the step it had, with the bits of one that is not.
struct SampleResumeTests {
    private static let steps = 4

    struct Render: CustomTestStringConvertible {
        let sampler: String
        let schedule: String
        let isFromLatent: Bool
        var testDescription: String { "\(sampler), \(schedule)\(isFromLatent ? ", from a latent" : "")" }
    }

    static let renders: [Render] = Sampler.allCases.flatMap { sampler in
        [TimestepSpacing.leading, .trailing, .linspace, .karras].filter(sampler.takes).flatMap { schedule in
            [false, true].map {
                Render(sampler: sampler.rawValue, schedule: schedule.rawValue, isFromLatent: $0)
            }
        }
    }

    private let model: SDXLModel
    private let prompt: PromptArtifact

    init() throws {
        let runner = NodeRunner()
        model = try runner.run("load_sdxl", ["base": .string(goldenFolder + "/sdxl")])
        prompt = try runner.run("encode_prompt", ["text": .string("portrait")], inputs: ["model": model])
    }

    private func sample(
        _ render: Render,
        _ context: RunContext,
        size: Int = 64,
        steps: Int = Self.steps
    ) throws -> LatentArtifact {
        var parameters: [String: Value] = [
            "seed": .integer(7), "width": .integer(Int128(size)), "height": .integer(Int128(size)),
            "sampler": .string(render.sampler), "schedule": .string(render.schedule),
            "steps": .integer(Int128(steps)), "strength": .number(0.75),
        ]
        var inputs: [String: any Artifact] = ["model": model, "prompt": prompt]
        if render.isFromLatent {
            var random = TorchRandomSource(seed: 1)
            inputs["latent"] = LatentArtifact(random.normal([1, 4, size / 8, size / 8]))
        } else {
            parameters["strength"] = nil
        }
        return try NodeRunner(context: context).run("sample", parameters, inputs: inputs)
    }

    @Test(arguments: renders) func everyStepOfEverySamplerIsKept(_ render: Render) throws {
        let kept = KeptRecords()
        let context = kept.context()
        let whole = try sample(render, context)
        #expect(kept.records.isEmpty, "nothing is kept of a render of a moment")
        let calls = kept.looks
        #expect(calls >= (render.isFromLatent ? 3 : 4))
        for stop in 0..<calls {
            kept.records = []
            kept.stop(after: stop)
            #expect(throws: CancellationError.self) { try sample(render, context) }
            // Steps of dpmpp_sde and heun but the last call the model twice.
            let callsTwice = ["dpmpp_sde", "heun"].contains(render.sampler)
            let done = callsTwice ? stop / 2 : stop
            #expect(kept.records.count == min(done, 1))
            kept.stop(after: nil)
            #expect(try sample(render, context).record == whole.record)
            #expect(kept.looks == calls - (callsTwice ? 2 * done : done))
        }
        #expect(kept.refused == 0)
    }

    /// Also where it is stopped time and again.
    @Test func stepByStep() throws {
        let render = Render(sampler: "euler_ancestral", schedule: "trailing", isFromLatent: false)
        let kept = KeptRecords()
        let context = kept.context(interval: .zero)
        let whole = try sample(render, KeptRecords().context())
        for step in 1..<Self.steps {
            kept.stop(after: 1)
            #expect(throws: CancellationError.self) { try sample(render, context) }
            #expect(kept.records.count == step)
        }
        kept.stop(after: nil)
        #expect(try sample(render, context).record == whole.record)
        #expect(kept.looks == 1)
        #expect(kept.records.count == Self.steps - 1, "the last step is followed by the result")
    }

    @Test func whatIsOfAnotherRenderIsRefused() throws {
        let kept = KeptRecords()
        let context = kept.context()
        func stopped(_ render: Render, size: Int = 64, steps: Int = Self.steps) throws -> ArtifactRecord {
            kept.records = []
            kept.stop(after: 2)
            #expect(throws: CancellationError.self) { try sample(render, context, size: size, steps: steps) }
            kept.stop(after: nil)
            return try #require(kept.records.last)
        }
        let render = Render(sampler: "dpmpp_2m", schedule: "trailing", isFromLatent: false)
        let good = try stopped(render)
        var others = [
            try stopped(Render(sampler: "euler", schedule: "trailing", isFromLatent: false)),
            try stopped(render, size: 32), try stopped(render, steps: 5), ArtifactRecord(kind: "sampling 0"),
            ArtifactRecord(kind: good.kind),
        ]
        for index in [Int128(-1), 0, 5, Int128.max] {
            others.append(good.with(values: good.values.merging(["index": .integer(index)]) { $1 }))
        }
        for name in ["latent", "denoised", "random"] {
            others.append(good.with(blocks: good.blocks.filter { $0.key != name }))
            let other = ArtifactRecord.Block(element: .int64, shape: [2], bytes: [UInt8](repeating: 255, count: 16))
            others.append(good.with(blocks: good.blocks.merging([name: other]) { $1 }))
        }
        let whole = try sample(render, KeptRecords().context())
        kept.records = others
        #expect(try sample(render, context).record == whole.record)
        #expect(kept.refused == others.count)
        #expect(kept.records.isEmpty)
    }
}

extension Graph.ArtifactRecord {
    fileprivate func with(values: [String: Value]? = nil, blocks: [String: Block]? = nil) -> Graph.ArtifactRecord {
        Graph.ArtifactRecord(kind: kind, blocks: blocks ?? self.blocks, values: values ?? self.values)
    }
}
