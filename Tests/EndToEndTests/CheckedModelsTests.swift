import Checkpoints
import EngineTestSupport
import Foundation
import Tensors
import Testing

/// `check` says of a recipe's models what a run says, in the same words and with the same status, and runs nothing.
@Suite struct CheckedModelsTests {
    private static let recipe = """
        recipe: brought
        params: {base: models/tiny/sdxl, unet: models/tiny/lightning.safetensors, loras: [], weights: models/tiny/pulid.safetensors}
        nodes:
          sdxl: {uses: load_sdxl, base: "${base}", unet: "${unet}", loras: "${loras}"}
          pulid: {uses: load_pulid, weights: "${weights}", eva_clip: models/tiny/eva_clip.safetensors}
          identity: {uses: load_id, file: ada.safetensors}
          prompt: {uses: encode_prompt, model: $sdxl, text: a person}
          latent: {uses: sample, model: $sdxl, prompt: $prompt, pulid: $pulid, identity: $identity, seed: 1, steps: 1,
                   guidance: 1, sampler: euler, width: 32, height: 32}
        outputs: {latent.safetensors: $latent}
        """

    private static let layer = "down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_k"

    private let test: CommandTest

    init() throws {
        test = try CommandTest()
        try test.folder.write(Self.recipe, to: "brought.yaml")
        try write(["id": .zeros([1, 10, 112]), "uncond": .zeros([1, 10, 112])], to: "ada.safetensors")
    }

    private func write(_ tensors: [String: Tensor], to name: String) throws {
        var writer = SafetensorsWriter()
        for (name, tensor) in tensors { writer.add(name, tensor) }
        try Data(writer.serialized()).write(to: URL(fileURLWithPath: test.folder(name)))
    }

    /// The embedded UNet with other channels.
    private func writeInpainting() throws {
        let unet = try SafetensorsFile(path: test.folder("models/tiny/lightning.safetensors"))
        var tensors: [String: Tensor] = [:]
        for name in unet.tensorNames { tensors[name] = try unet.tensor(name) }
        tensors["conv_in.weight"] = .zeros([unet.shape(of: "conv_in.weight")?[0] ?? 0, 9, 3, 3])
        try write(tensors, to: "inpainting.safetensors")
    }

    private func said(_ result: CommandTest.Result) -> [String] {
        result.stderr.split(separator: "\n").map(String.init).filter {
            $0.contains("error:") || $0.hasPrefix("warning:")
        }
    }

    /// - Returns: what both say
    private func checkAndRun(_ settings: String..., status: Int32) throws -> [String] {
        let options = ["brought.yaml"] + settings.flatMap { ["--set", $0] }
        let checked = try test.finish(test.start(["check"] + options))
        #expect(checked.status == status, "\(checked.stderr)")
        #expect(!FileManager.default.fileExists(atPath: test.folder("out")))
        let ran = try test.finish(test.start(["run"] + options + ["--cache", test.folder("cache")]))
        #expect(ran.status == status, "\(ran.stderr)")
        #expect(said(checked) == said(ran))
        try? FileManager.default.removeItem(atPath: test.folder("out"))
        return said(checked)
    }

    @Test func whatFits() throws { #expect(try checkAndRun(status: 0) == []) }

    @Test func warnings() throws {
        try write(
            [
                "lora_unet_\(Self.layer).lora_down.weight": .zeros([4, 64]),
                "lora_unet_\(Self.layer).lora_up.weight": .zeros([64, 4]), "lora_unet_\(Self.layer).alpha": .zeros([]),
            ],
            to: "alpha.safetensors"
        )
        let found = try checkAndRun("loras=[{file: alpha.safetensors, scale: 1}]", status: 0)
        #expect(found.count == 1 && found[0].hasPrefix("warning: `sdxl`: ") && found[0].contains("alpha"))
    }

    @Test func whatDoesNotFit() throws {
        try writeInpainting()
        try write(["clip_l": .zeros([2, 48]), "clip_g": .zeros([2, 64])], to: "neg.safetensors")
        let scheduler = "models/tiny/sdxl/scheduler/scheduler_config.json"
        let settings = try String(contentsOfFile: test.folder(scheduler), encoding: .utf8)
        for (setting, words) in [
            ("unet=inpainting.safetensors", "SDXL's inpainting UNet, which takes nine channels"),
            ("loras=[{file: neg.safetensors, scale: 1}]", "name it as `embeddings:` of load_sdxl"),
            ("weights=models/tiny/eva_clip.safetensors", "this is EVA02-CLIP"),
        ] {
            let found = try checkAndRun(setting, status: 3)
            #expect(found.count == 1 && found[0].contains("failed: ") && found[0].contains(words), "\(found)")
        }
        try test.folder.write("{\"_class_name\": \"FlowMatchEulerDiscreteScheduler\"}", to: scheduler)
        let found = try checkAndRun(status: 3)
        #expect(found.count == 1 && found[0].contains("a model of flow matching"))
        try test.folder.write(settings, to: scheduler)
        // All of them at once.
        let both = try test.run(
            "check",
            "brought.yaml",
            "--set",
            "unet=neg.safetensors",
            "--set",
            "weights=neg.safetensors"
        )
        #expect(both.status == 3 && said(both).count == 2, "\(both.stderr)")
    }
}
