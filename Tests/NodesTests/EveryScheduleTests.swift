import Diffusion
import Graph
import Nodes
import TensorTestSupport
import Testing

/// A small render by every sampler over every schedule that is defined for it, through the nodes, against diffusers' UNet and
/// schedulers and k-diffusion's loops (scripts/goldens/schedules_rendered.py).
struct EveryScheduleTests {
    private let runner = NodeRunner()
    private let golden = Golden("schedules_rendered.safetensors", #filePath)
    private let model: SDXLModel
    private let prompt: PromptArtifact

    init() throws {
        model = try runner.run("load_sdxl", ["base": .string(goldenFolder + "/sdxl")])
        prompt = .golden()
    }

    @Test func areAllThereAre() {
        let defined = Sampler.allCases.flatMap { sampler in
            TimestepSpacing.allCases.filter(sampler.takes).map { "\(sampler.rawValue).\($0.rawValue)" }
        }
        #expect(golden.file.tensorNames.sorted() == defined.sorted() && defined.count == 108)
    }

    @Test(arguments: Sampler.allCases) func everySchedule(of sampler: Sampler) throws {
        for schedule in TimestepSpacing.allCases where sampler.takes(schedule) {
            let name = "\(sampler.rawValue).\(schedule.rawValue)"
            let latent: LatentArtifact = try runner.run(
                "sample",
                [
                    "seed": .integer(42), "width": .integer(32), "height": .integer(48), "steps": .integer(4),
                    "guidance": .number(1.2), "sampler": .string(sampler.rawValue),
                    "schedule": .string(schedule.rawValue),
                ],
                inputs: ["model": model, "prompt": prompt]
            )
            assertClose(latent.latent, golden[name], relative: 2.8e-6, "every schedule, \(name)")
        }
    }
}
