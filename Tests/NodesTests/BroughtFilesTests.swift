import Checkpoints
import Foundation
import Graph
import ModelFiles
import Nodes
import Synchronization
import TensorTestSupport
import Tensors
import Testing

/// Files and folders as people bring them: each is taken, or named for what it is where the recipe names it; and `inspect`
/// offers what a run takes, and nothing else.
@Suite final class BroughtFilesTests {
    private let runner: NodeRunner
    /// One checkpoint's settings, with tokenizers; files lie beside them.
    private let folder: ModelFolder
    private let whole: SafetensorsFile
    private static let sdxl = goldenFolder + "/sdxl"

    init() throws {
        folder = try ModelFolder(copying: Golden.path("single_file/diffusers", #filePath))
        whole = try SafetensorsFile(path: Golden.path("single_file/model.safetensors", #filePath))
        for part in ["tokenizer", "tokenizer_2", "scheduler", "model_index.json"] {
            try FileManager.default.copyItem(atPath: "\(Self.sdxl)/\(part)", toPath: "\(folder.path)/\(part)")
        }
        let collected = Collected()
        runner = NodeRunner(warn: { collected.add($0) })
        self.collected = collected
    }

    private final class Collected: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }

    private let collected: Collected

    private func load(_ parameters: [String: Value]) throws -> SDXLModel { try runner.run("load_sdxl", parameters) }

    /// The checkpoint with its tensors changed, kept or left out.
    private func file(
        _ name: String,
        _ change: (String, Tensor) -> (String, Tensor)? = { ($0, $1) },
        adding others: [String: Tensor] = [:]
    ) throws -> String {
        var writer = SafetensorsWriter()
        for tensor in whole.tensorNames where whole.elementType(of: tensor) != .i64 {
            guard let (name, value) = change(tensor, try whole.tensor(tensor)) else { continue }
            writer.add(name, value, as: .f16)
        }
        for (name, value) in others { writer.add(name, value) }
        let path = "\(folder.path)/\(name).safetensors"
        try writer.write(to: path)
        return path
    }

    private func latent(_ model: SDXLModel, sampler: String = "euler", steps: Int = 2) throws -> [Float] {
        let prompt: PromptArtifact = try runner.run(
            "encode_prompt",
            ["text": .string("a woman in a garden")],
            inputs: ["model": model]
        )
        let latent: LatentArtifact = try runner.run(
            "sample",
            [
                "seed": .integer(3), "width": .integer(64), "height": .integer(64), "steps": .integer(Int128(steps)),
                "guidance": .number(1), "sampler": .string(sampler),
            ],
            inputs: ["model": model, "prompt": prompt]
        )
        return latent.latent.values
    }

    private func settings(_ base: String) -> [String: Value] {
        ["base": .string(base), "config": .string(folder.path)]
    }

    // MARK: - What a file holds

    @Test func checkpointsWithoutTheirVAE() throws {
        let path = try file("no_vae") { $0.hasPrefix("first_stage_model.") ? nil : ($0, $1) }
        #expect(FileInspection(path: path).kind == "SDXL in one file without its VAE")
        // Its narrow layers say no settings, so that they are needed too.
        #expect(FileInspection(path: path).use == "{uses: load_sdxl, base: \(path), vae: VAE, config: CONFIG}")
        let narrow = message { _ = try load(["base": .string(path), "vae": .string("\(folder.path)/vae")]) }
        #expect(
            narrow == "\(path): UNet2DConditionModel: norm_num_groups is 32, but 4 channels cannot be so many groups"
        )
        let said = message { _ = try load(settings(path)) }
        #expect(
            said
                == "\(path): this is SDXL in one file without its VAE; give `vae:` beside it; expected SDXL in one file, "
                + "with its UNet, VAE and both text encoders"
        )
        let mended = try load(settings(path).merging(["vae": .string("\(folder.path)/vae")]) { $1 })
        #expect(try latent(mended) == latent(load(settings(try file("whole")))))
        #expect(collected.all == [])
        // Named as a UNet, what else it holds is not used, and that is said.
        _ = try load(["base": .string(folder.path), "unet": .string(path)])
        #expect(
            collected.all == [
                "\(path) is named as `unet:`, and what else it holds (first text encoder, second text encoder) is not used; name it "
                    + "as `base:` to use all of it"
            ]
        )
    }

    @Test func checkpointsWithoutTextEncoders() throws {
        let path = try file("no_text") { $0.hasPrefix("conditioner.") ? nil : ($0, $1) }
        let inspection = FileInspection(path: path)
        #expect(inspection.kind == "SDXL in one file without its first text encoder and second text encoder")
        #expect(inspection.use == "{uses: load_sdxl, base: BASE, unet: \(path)}")
        #expect(message { _ = try load(settings(path)) }?.contains("name it as `unet:` of load_sdxl") == true)
        _ = try load(["base": .string(folder.path), "unet": .string(path)])
    }

    /// What merges leave behind; of what is no part of any training, a warning.
    @Test func leftOversArePassedOver() throws {
        let path = try file(
            "merged",
            adding: [
                "cond_stage_model.transformer.text_model.embeddings.position_ids": .zeros([1, 77]),
                "betas": .zeros([1000]), "model_ema.decay": .zeros([1]), "denoiser.sigmas": .zeros([1000]),
                "conditioner.embedders.0.logit_scale": .zeros([1]),
                "lora_unet_mid_block_attentions_0_proj_in.alpha": .zeros([1]),
            ]
        )
        #expect(try latent(load(settings(path))) == latent(load(settings(try file("whole")))))
        let stranger =
            "\(path): 1 tensor belongs to none of SDXL's networks, and is not used: "
            + "lora_unet_mid_block_attentions_0_proj_in.alpha"
        #expect(collected.all == [stranger])
        #expect(FileInspection(path: path).details.contains(stranger))
    }

    /// Notes on the noise that say nothing by themselves.
    @Test(arguments: [
        (["edm_std"], "the note edm_std says nothing without edm_mean, and is not used"),
        (
            ["v_pred", "edm_vpred.sigma_min"],
            "the note edm_vpred.sigma_min says nothing without edm_vpred.sigma_max, and is not used"
        ),
    ])
    func notesThatSayNothing(_ notes: [String], _ sentence: String) throws {
        let path = try file("notes", adding: Dictionary(uniqueKeysWithValues: notes.map { ($0, .zeros([1])) }))
        _ = try latent(load(settings(path)))
        #expect(collected.all == ["\(path): \(sentence)"])
        #expect(FileInspection(path: path).details.contains(sentence))
    }

    @Test func noNoiseWithoutVelocity() throws {
        let path = try file("ztsnr", adding: ["ztsnr": .zeros([1])])
        _ = try load(settings(path))
        #expect(
            collected.all == ["\(path): the note ztsnr counts with `prediction: velocity` alone, and is not used"]
        )
        _ = try load(settings(path).merging(["prediction": .string("velocity")]) { $1 })
        #expect(collected.all.count == 1)
    }

    @Test(arguments: [
        (9, "SDXL's inpainting UNet, which takes nine channels"), (8, "SDXL's InstructPix2Pix UNet"),
        (5, "takes 5 channels and gives 4"),
    ])
    func unetsThatTakeMoreThanNoise(_ channels: Int, _ words: String) throws {
        let path = try file("other") { name, tensor in
            guard name == "model.diffusion_model.input_blocks.0.0.weight" else { return (name, tensor) }
            return (name, .zeros([tensor.shape[0], channels, 3, 3]))
        }
        let said = try #require(message { _ = try load(settings(path)) })
        #expect(said.contains("\(path): this is") && said.contains(words))
        #expect(FileInspection(path: path).use == nil)
        // In diffusers' layout, too.
        var writer = SafetensorsWriter()
        let unet = try SafetensorsFile(path: "\(folder.path)/unet/diffusion_pytorch_model.safetensors")
        for name in unet.tensorNames {
            let tensor = try unet.tensor(name)
            writer.add(name, name == "conv_in.weight" ? .zeros([tensor.shape[0], channels, 3, 3]) : tensor)
        }
        let alone = "\(folder.path)/alone.safetensors"
        try writer.write(to: alone)
        let other = try #require(message { _ = try load(["base": .string(folder.path), "unet": .string(alone)]) })
        #expect(other.contains("\(alone): this is") && other.contains(words))
    }

    /// In the names of both layouts.
    @Test func tensorsUnderTwoNames() throws {
        let path = try file("twice", adding: ["model.diffusion_model.conv_in.bias": .zeros([4])])
        let words = "\(path): two of its tensors are conv_in.bias; remove one of them"
        #expect(message { _ = try load(settings(path)) } == words)
    }

    /// Told alike by inspect and a run.
    @Test func vaesWithoutTheirEncoder() throws {
        let path = try file("decoder") { $0.hasPrefix("first_stage_model.encoder.") ? nil : ($0, $1) }
        let inspection = FileInspection(path: path)
        #expect(inspection.use == nil)
        #expect(inspection.problem?.contains("there is no tensor first_stage_model.encoder.down.0") == true)
        #expect(message { _ = try load(settings(path)) }?.contains("there is no tensor encoder.conv_in.weight") == true)
    }

    @Test(arguments: [(".qweight", "SVDQuant, GPTQ or AWQ"), (".weight._data", "quanto"), (".SCB", "bitsandbytes")])
    func networksThatOthersQuantised(_ ending: String, _ program: String) throws {
        let mark = "model.diffusion_model.time_embed.0"
        let path = try file("quantised", adding: [mark + ending: .zeros([2])])
        let words = "this is a network that \(program) quantised"
        #expect(message { _ = try load(settings(path)) }?.contains(words) == true)
        #expect(FileInspection(path: path).details.contains { $0.contains(words) })
    }

    @Test func vaesOfOtherModels() throws {
        let path = try file("vae16") { name, tensor in
            switch name {
            case "first_stage_model.decoder.conv_in.weight": (name, .zeros([tensor.shape[0], 16, 3, 3]))
            default: (name, tensor)
            }
        }
        let said = message { _ = try load(settings(path)) }
        #expect(
            said
                == "\(path): this is a VAE whose latents have 16 channels, as those of Stable Diffusion 3 and FLUX; "
                + "expected one of 4, as the UNet has them"
        )
    }

    @Test func distilledUNets() throws {
        let path = try file("ssd1b") { $0.contains(".middle_block.") ? nil : ($0, $1) }
        #expect(message { _ = try load(settings(path)) }?.contains("a distilled SDXL (SSD-1B") == true)
        let config = "\(folder.path)/unet/config.json"
        let text = try String(contentsOfFile: config, encoding: .utf8)
        let nested = text.replacing(
            try Regex(#""transformer_layers_per_block": \[[^\]]*\]"#),
            with: "\"transformer_layers_per_block\": [1, [1, 1], [1, 1]]"
        )
        #expect(nested != text)
        try nested.write(toFile: config, atomically: true, encoding: .utf8)
        #expect(message { _ = try load(["base": .string(folder.path)]) }?.contains("a distilled SDXL (SSD-1B") == true)
        let inspection = FileInspection(path: folder.path)
        #expect(inspection.use == nil)
    }

    @Test func theRefiner() throws {
        try FileManager.default.removeItem(atPath: "\(folder.path)/text_encoder")
        #expect(
            message { _ = try load(["base": .string(folder.path)]) }
                == "\(folder.path): this is the SDXL refiner, or a model like it, with the second text encoder alone; expected "
                + "SDXL, with both text encoders"
        )
        #expect(FileInspection(path: folder.path).use == nil)
    }

    /// A tensor that is missing is said before anything is encoded.
    @Test(arguments: ["unet", "vae", "text_encoder", "text_encoder_2"])
    func weightsThatDoNotFitTheirSettings(_ part: String) throws {
        let name = part.hasPrefix("text") ? "model" : "diffusion_pytorch_model"
        let path = "\(folder.path)/\(part)/\(name).safetensors"
        let file = try SafetensorsFile(path: path)
        var writer = SafetensorsWriter()
        let dropped = try #require(file.tensorNames.last { $0.contains("norm") })
        for name in file.tensorNames where name != dropped && file.elementType(of: name) != .i64 {
            writer.add(name, try file.tensor(name))
        }
        try writer.write(to: path)
        #expect(
            message { _ = try load(["base": .string(folder.path)]) }?.contains("there is no tensor \(dropped)") == true
        )
        #expect(FileInspection(path: folder.path).problem?.contains("there is no tensor \(dropped)") == true)
    }

    @Test func theCacheOfHuggingFace() throws {
        let hub = folder.path + "/hub/models--someone--stable-diffusion-xl-base-1.0"
        let snapshot = "\(hub)/snapshots/0123abcd"
        try FileManager.default.createDirectory(atPath: "\(hub)/snapshots", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: "\(hub)/refs", withIntermediateDirectories: true)
        try "0123abcd\n".write(toFile: "\(hub)/refs/main", atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(atPath: Self.sdxl, toPath: snapshot)
        let expected = try load(["base": .string(Self.sdxl)]).record
        for path in [snapshot, hub, folder.path + "/hub"] {
            #expect(try load(["base": .string(path)]).record == expected)
        }
        #expect(FileInspection(path: hub).use == "{uses: load_sdxl, base: \(snapshot)}")
    }

    // MARK: - What a model's output means

    private func scheduler(_ text: String) throws {
        try text.write(
            toFile: "\(folder.path)/scheduler/scheduler_config.json",
            atomically: true,
            encoding: .utf8
        )
    }

    @Test func schedulersAreFollowedOrRefused() throws {
        let usual = try latent(load(["base": .string(folder.path)]))
        var latents: [[Float]] = [usual]
        for text in [
            #"{"_class_name": "EDMEulerScheduler", "sigma_max": 80.0, "sigma_data": 0.5}"#,
            #"{"_class_name": "DDPMScheduler", "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction"}"#,
            #"""
            {"_class_name": "EulerDiscreteScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
             "prediction_type": "v_prediction", "rescale_betas_zero_snr": true}
            """#,
        ] {
            try scheduler(text)
            let found = try latent(load(["base": .string(folder.path)]))
            #expect(found.allSatisfy(\.isFinite) && !latents.contains(found), "\(text)")
            latents.append(found)
            #expect(FileInspection(path: folder.path).use == "{uses: load_sdxl, base: \(folder.path)}")
        }
        try scheduler(#"{"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3.0}"#)
        #expect(
            message { _ = try load(["base": .string(folder.path)]) }?.contains("it is a model of flow matching") == true
        )
        #expect(FileInspection(path: folder.path).use == nil)
        try scheduler(#"{"beta_schedule": "sigmoid"}"#)
        #expect(
            message { _ = try load(["base": .string(folder.path)]) }?
                .contains("beta_schedule is sigmoid in the scheduler's settings: known are linear") == true
        )
    }

    /// By the recipe, by the file's name, by notes in the file, by the scheduler's settings: the same latents.
    @Test func predictions() throws {
        let path = try file("model")
        let unet = try file("sdxl_lightning_1step_unet_x0") { name, tensor in
            let prefix = "model.diffusion_model."
            return name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), tensor) : nil
        }
        let plain = try latent(load(settings(path)))
        let image = try latent(load(settings(path).merging(["prediction": .string("image")]) { $1 }))
        #expect(image != plain)
        #expect(try latent(load(settings(path).merging(["unet": .string(unet)]) { $1 })) == image)
        // The recipe counts for more than the name.
        let both: [String: Value] = ["unet": .string(unet), "prediction": .string("noise")]
        #expect(try latent(load(settings(path).merging(both) { $1 })) == plain)

        let empty = Tensor([], shape: [0])
        let velocity = try latent(load(settings(path).merging(["prediction": .string("velocity")]) { $1 }))
        #expect(try latent(load(settings(try file("v", adding: ["v_pred": empty])))) == velocity)
        let zero = try latent(load(settings(try file("z", adding: ["v_pred": empty, "ztsnr": empty]))))
        #expect(zero != velocity)
        let said: [String: Value] = ["prediction": .string("velocity"), "zero_snr": .string("comfyui")]
        #expect(try latent(load(settings(path).merging(said) { $1 })) == zero)
        let diffusers: [String: Value] = ["prediction": .string("velocity"), "zero_snr": .string("diffusers")]
        #expect(try latent(load(settings(path).merging(diffusers) { $1 })) != zero)
        #expect(
            message { _ = try load(settings(path).merging(["zero_snr": .string("comfyui")]) { $1 }) }?
                .contains("`prediction: velocity` is needed: ") == true
        )
        // A part that does not draw from noise does not see it.
        let (a, b) = try (load(settings(path)), load(settings(path).merging(["prediction": .string("image")]) { $1 }))
        #expect(a.part("unet").record != b.part("unet").record)
        #expect(a.part("text").record == b.part("text").record && a.part("vae").record == b.part("vae").record)
    }

    @Test func edmByNotesInTheFile() throws {
        let path = try file("cosxl", adding: ["edm_vpred.sigma_max": Tensor([120], shape: [1])])
        let model = try load(settings(path))
        #expect(try latent(model).allSatisfy(\.isFinite))
        #expect(
            message { _ = try latent(model, sampler: "lcm") }?.contains("lcm is defined for DDPM's timesteps") == true
        )
        #expect(FileInspection(path: path).details.contains { $0.contains("CosXL") })
    }

    @Test func modelsOfFewStepsSayWhenTheyAreUsedOtherwise() throws {
        let unet = try file("sdxl_lightning_4step_unet") { name, tensor in
            name.hasPrefix("model.diffusion_model.") ? (name, tensor) : nil
        }
        let model = try load(["base": .string(folder.path), "unet": .string(unet)])
        _ = try latent(model)
        #expect(collected.all == [])
        _ = try latent(model, steps: 20)
        #expect(
            collected.all == [
                "\(unet) is SDXL-Lightning by its name, made for at most 8 steps and guidance 1; here are 20 and 1, which spoils "
                    + "its pictures"
            ]
        )
    }

    @Test func distilledSamplers() throws {
        let model = try load(["base": .string(folder.path)])
        let latents = try ["euler", "lcm", "tcd"].map { try latent(model, sampler: $0, steps: 4) }
        #expect(Set(latents).count == 3 && latents.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(try latent(model, sampler: "euler_a") == latent(model, sampler: "euler_ancestral"))
    }
}
