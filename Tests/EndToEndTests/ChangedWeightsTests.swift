import EngineTestSupport
import Foundation
import Testing

/// Weights that change under a render.
@Suite(.timeLimit(.minutes(5))) struct ChangedWeightsTests {
    private let test: CommandTest
    private let unet = "models/tiny/sdxl/unet/diffusion_pytorch_model.safetensors"

    init() throws {
        test = try CommandTest()
        try test.folder.write(
            """
            nodes:
              model: {uses: load_sdxl, base: models/tiny/sdxl}
              prompt: {uses: encode_prompt, model: $model, text: a person}
              latent: {uses: sample, model: $model, prompt: $prompt, seed: 1, steps: 400, width: 128, height: 128, guidance: 1, sampler: euler}
              image: {uses: decode, model: $model, latent: $latent}
            outputs: {"image.png": $image}

            """,
            to: "long.yaml"
        )
    }

    /// Runs it, and `change`s the UNet's file once it is mapped and some steps are done.
    private func run(_ arguments: [String], change: (String) throws -> Void) throws -> CommandTest.Result {
        let running = try test.start(["long.yaml", "--format", "json"] + arguments)
        var seen = ""
        while !seen.contains("\"progress\""), running.process.isRunning {
            seen += String(decoding: running.output.fileHandleForReading.availableData, as: UTF8.self)
        }
        try change(test.folder(unet))
        return try test.finish(running)
    }

    @Test func aFileThatIsShortenedEndsInASentence() throws {
        let result = try run([]) { #expect(truncate($0, 4096) == 0) }
        #expect(result.status == 3)
        #expect(result.stderr.contains("diffusion_pytorch_model.safetensors was shortened"), "\(result.stderr)")
        #expect(!FileManager.default.fileExists(atPath: test.folder("out/long/image.png")))
    }

    /// Nothing of a render by a file that was overwritten is kept, with or without a copy.
    @Test(arguments: [[], ["--copy-weights"]]) func aFileThatIsOverwrittenLeavesNothing(arguments: [String]) throws {
        let whole = try Data(contentsOf: URL(fileURLWithPath: test.folder(unet)))
        let result = try run(arguments) { path in
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try file.seek(toOffset: UInt64(whole.count / 2))
            try file.write(contentsOf: Data(count: 40_000))
            try file.close()
        }
        #expect(result.status == 3)
        #expect("\(result.stdout)\(result.stderr)".contains("changed while the run was using it"), "\(result.stderr)")
        try whole.write(to: URL(fileURLWithPath: test.folder(unet)))
        let plan = try test.run("plan", "long.yaml")
        let latent = plan.lines.first { $0.hasPrefix("latent ") }?.split(separator: " ")
        #expect(latent?[2] == "0", "\(plan.stdout)")
    }
}
