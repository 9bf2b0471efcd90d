import EngineTestSupport
import Foundation
import Testing

/// Files as people bring them, made anew: `inspect`, `check` and `run` say the same of each, and it is what is right.
@Suite struct BroughtCasesTests {
    private typealias Entry = RawWeights.Entry

    /// What is right for one file in its place.
    private struct Case {
        /// The recipe's settings.
        let settings: [String]
        /// What is said in errors and warnings; nothing for a render without a word.
        var said: [String] = []
        var status: Int32 = 0
    }

    private static let recipe = """
        recipe: brought
        params: {base: models/tiny/sdxl, loras: [], text: a portrait, seed: 1, steps: 2, sampler: euler, schedule: trailing, weighting: none}
        nodes:
          sdxl: {uses: load_sdxl, base: "${base}", loras: "${loras}"EXTRA}
          prompt: {uses: encode_prompt, model: $sdxl, text: "${text}", weighting: "${weighting}"}
          latent: {uses: sample, model: $sdxl, prompt: $prompt, seed: "${seed}", steps: "${steps}", sampler: "${sampler}",
                   schedule: "${schedule}", guidance: 1, width: 32, height: 32}
          image: {uses: decode, model: $sdxl, latent: $latent}
        outputs: {image.png: $image, latent.npy: $latent}
        """

    private let test: CommandTest
    private let models: CaseModels

    init() throws {
        test = try CommandTest()
        models = CaseModels(root: test.folder.path)
        for (name, extra) in [
            ("base", ""), ("single", ", config: settings"), ("vae", ", vae: own_vae.safetensors"),
            ("singlevae", ", config: settings, vae: own_vae.safetensors"), ("unet", ", unet: own_unet.safetensors"),
        ] {
            try test.folder.write(Self.recipe.replacing("EXTRA", with: extra), to: "\(name).yaml")
        }
        try models.writeSettings(to: test.folder("settings"))
        try models.writeTokenizers(to: test.folder.path)
    }

    private func write(_ weights: RawWeights, _ name: String) throws {
        try weights.write(to: test.folder("\(name).safetensors"))
    }

    // MARK: - What is said

    private func said(_ result: CommandTest.Result) -> [String] {
        result.stderr.split(separator: "\n").map(String.init).filter {
            $0.contains("error: ") || $0.contains("warning: ")
        }
    }

    /// `check` and `run` agree in status and words, and both are right.
    ///
    /// - Returns: the bytes of the latent; none where there is no picture
    @discardableResult
    private func judge(_ recipe: String, _ right: Case) throws -> [UInt8] {
        let options = ["\(recipe).yaml"] + right.settings.flatMap { ["--set", $0] }
        let checked = try test.finish(test.start(["check"] + options))
        try? FileManager.default.removeItem(atPath: test.folder("out"))
        let ran = try test.finish(test.start(["run"] + options + ["--cache", test.folder("cache"), "--out", "out"]))
        #expect(checked.status == right.status && ran.status == right.status, "\(right.settings): \(ran.stderr)")
        #expect(said(checked) == said(ran), "\(right.settings)")
        let words = said(ran)
        #expect(words.count == right.said.count, "\(right.settings): \(words)")
        for (line, part) in zip(words, right.said) { #expect(line.contains(part), "\(right.settings): \(line)") }
        return right.status == 0 ? try test.folder.bytes(of: "out/latent.npy") : []
    }

    private struct Inspected {
        let kind: String
        let use: String?
        let details: [String]
        let problem: String?
    }

    private func inspect(_ path: String) throws -> Inspected {
        let json = try JSONSerialization.jsonObject(with: Data(test.run("inspect", "--json", path).stdout.utf8))
        let map = try #require(json as? [String: Any])
        return Inspected(
            kind: try #require(map["kind"] as? String),
            use: map["use"] as? String,
            details: map["details"] as? [String] ?? [],
            problem: map["problem"] as? String
        )
    }

    /// A file that no node takes: named by `inspect`, refused by `check` and `run` in the same words.
    private func refused(_ recipe: String, _ name: String, _ parameter: String = "base", words: String) throws {
        let file = FileManager.default.fileExists(atPath: test.folder(name)) ? name : "\(name).safetensors"
        let found = try inspect(file)
        #expect(found.use == nil, "\(name)")
        let all = ([found.kind, found.problem ?? ""] + found.details).joined(separator: "\n")
        #expect(all.contains(words), "\(name): \(all)")
        try judge(recipe, Case(settings: ["\(parameter)=\(file)"], said: [words], status: 3))
    }

    // MARK: - Checkpoints

    @Test func unetsThatTakeMoreThanNoise() throws {
        try write(models.inferred(taken: 9), "sdxl_inpainting")
        try refused("base", "sdxl_inpainting", words: "SDXL's inpainting UNet, which takes nine channels")
        for sampler in ["dpmpp_2m", "ddim"] {
            let settings = ["base=sdxl_inpainting.safetensors", "sampler=\(sampler)"]
            try judge("base", Case(settings: settings, said: ["which takes nine channels"], status: 3))
        }
        let first = CaseModels.unet + "input_blocks.0.0.weight"
        try write(models.single().adding([first: .zeros([4, 8, 3, 3])]), "pix2pix")
        try refused("single", "pix2pix", words: "SDXL's InstructPix2Pix UNet, which takes eight channels")
        try copyTiny("nine") { unet in
            unet["conv_in.weight"] = .zeros([32, 9, 3, 3])
            return ["\"in_channels\": 4": "\"in_channels\": 9"]
        }
        try refused("base", "nine", words: "SDXL's inpainting UNet, which takes nine channels")
        try copyTiny("out8") { unet in
            unet["conv_out.weight"] = .zeros([8, 32, 3, 3])
            unet["conv_out.bias"] = .zeros([8])
            return ["\"out_channels\": 4": "\"out_channels\": 8"]
        }
        try refused("base", "out8", words: "a UNet of SDXL's kind that takes 4 channels and gives 8")
    }

    /// A copy of the embedded SDXL with another UNet, and other settings of it.
    private func copyTiny(_ name: String, _ change: (inout RawWeights) -> [String: String]) throws {
        try FileManager.default.copyItem(atPath: test.folder("models/tiny/sdxl"), toPath: test.folder(name))
        var unet = try models.tinyUNet()
        let settings = change(&unet)
        try unet.write(to: test.folder("\(name)/unet/diffusion_pytorch_model.safetensors"))
        try test.edit("\(name)/unet/config.json") { text in
            settings.reduce(text) { text, change in
                #expect(text.contains(change.key))
                return text.replacing(change.key, with: change.value)
            }
        }
    }

    @Test func partsThatAreMissing() throws {
        let single = try models.single()
        let (unet, vae) = (CaseModels.unet, CaseModels.vae)
        try write(single.named { $0.hasPrefix(vae) ? String($0.dropFirst(vae.count)) : nil }, "own_vae")
        #expect(try inspect("own_vae.safetensors").use == "{uses: load_sdxl, base: BASE, vae: own_vae.safetensors}")
        try write(single, "whole")
        let whole = try judge("single", Case(settings: ["base=whole.safetensors"]))

        try write(single.named { $0.hasPrefix(vae) ? nil : $0 }, "no_vae")
        #expect(try inspect("no_vae.safetensors").kind == "SDXL in one file without its VAE")
        let settings = ["base=no_vae.safetensors"]
        try judge("single", Case(settings: settings, said: ["without its VAE; give `vae:` beside it"], status: 3))
        #expect(try judge("singlevae", Case(settings: settings)) == whole)
        try write(single.named { $0.hasPrefix("conditioner.") ? nil : $0 }, "no_text")
        #expect(try inspect("no_text.safetensors").use == "{uses: load_sdxl, base: BASE, unet: no_text.safetensors}")
        let words = "without its first text encoder and second text encoder; name it as `unet:` of load_sdxl"
        try judge("single", Case(settings: ["base=no_text.safetensors"], said: [words], status: 3))
        // Without a UNet there is a VAE to be had, and nothing else.
        try write(single.named { $0.hasPrefix(unet) ? nil : $0 }, "no_unet")
        let parts = try inspect("no_unet.safetensors")
        #expect(
            parts.kind == "SDXL's VAE and first text encoder and second text encoder in one file, without its UNet"
        )
        #expect(parts.use == "{uses: load_sdxl, base: BASE, vae: no_unet.safetensors}")
        try judge("single", Case(settings: ["base=no_unet.safetensors"], said: ["without its UNet"], status: 3))
        try FileManager.default.removeItem(atPath: test.folder("own_vae.safetensors"))
        try FileManager.default.copyItem(
            atPath: test.folder("no_unet.safetensors"),
            toPath: test.folder("own_vae.safetensors")
        )
        #expect(try judge("singlevae", Case(settings: settings)) == whole)
        // A UNet's file with more in it.
        try write(models.inferred(), "sdxl")
        try write(models.inferred().named { $0.hasPrefix(vae) ? nil : $0 }, "own_unet")
        let unused = "is named as `unet:`, and what else it holds (first text encoder, second text encoder) is not used"
        try judge("unet", Case(settings: ["base=sdxl.safetensors"], said: [unused]))
    }

    @Test func leftOversOfMerges() throws {
        let single = try models.single()
        try write(single, "whole")
        let whole = try judge("single", Case(settings: ["base=whole.safetensors"]))
        let position = "cond_stage_model.transformer.text_model.embeddings.position_ids"
        try write(single.adding([position: .zeros([1, 77])]), "merged_sd1_key")
        try write(
            single.adding([
                "betas": .zeros([1000]), "alphas_cumprod": .zeros([1000]), "denoiser.sigmas": .zeros([1000]),
                "model_ema.decay": .number(0.9999), "model_ema.num_updates": .number(7),
                "conditioner.embedders.0.logit_scale": .number(4.6),
                "conditioner.embedders.0.text_projection": .zeros([8, 8]),
                "conditioner.embedders.0.transformer.text_projection.weight": .zeros([8, 8]),
            ]),
            "merged_extra"
        )
        for name in ["merged_sd1_key", "merged_extra"] {
            #expect(try inspect("\(name).safetensors").kind == "SDXL in one file")
            #expect(try judge("single", Case(settings: ["base=\(name).safetensors"])) == whole)
        }
        let alpha = "lora_unet_mid_block_attentions_0_proj_in.alpha"
        try write(single.adding([alpha: .number(4)]), "merged_lora_key")
        let words = "1 tensor belongs to none of SDXL's networks, and is not used: \(alpha)"
        #expect(try judge("single", Case(settings: ["base=merged_lora_key.safetensors"], said: [words])) == whole)
        #expect(try inspect("merged_lora_key.safetensors").details.contains { $0.hasSuffix(words) })
    }

    @Test func modelsThatArePassedOn() throws {
        try write(models.single().named { $0.contains(".middle_block.") ? nil : $0 }, "ssd1b")
        try refused("single", "ssd1b", words: "a distilled SDXL (SSD-1B, Segmind-Vega or alike)")
        for (name, layers) in [("ssd1b_folder", "[1, [1, 1], [1, 1]]"), ("vega", "[1, 1, 1]")] {
            try copyTiny(name) { unet in
                unet = unet.named { $0.hasPrefix("mid_block.") ? nil : $0 }
                return [:]
            }
            try test.edit("\(name)/unet/config.json") { text in
                var settings = (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
                settings["mid_block_type"] = NSNull()
                settings["transformer_layers_per_block"] = try? JSONSerialization.jsonObject(with: Data(layers.utf8))
                let data = try? JSONSerialization.data(withJSONObject: settings)
                return String(decoding: data ?? Data(), as: UTF8.self)
            }
            try refused("base", name, words: "a distilled SDXL (SSD-1B, Segmind-Vega or alike)")
        }
        try copyTiny("refiner") { _ in [:] }
        for part in ["text_encoder", "tokenizer"] {
            try FileManager.default.removeItem(atPath: test.folder("refiner/\(part)"))
        }
        try refused("base", "refiner", words: "this is the SDXL refiner, or a model like it")
        try write(models.inferred(latent: 16), "vae16")
        try refused(
            "base",
            "vae16",
            words: "a VAE whose latents have 16 channels, as those of Stable Diffusion 3 and FLUX"
        )
        try copyTiny("unet16") { unet in
            unet["conv_in.weight"] = .zeros([32, 16, 3, 3])
            unet["conv_out.weight"] = .zeros([16, 32, 3, 3])
            unet["conv_out.bias"] = .zeros([16])
            return ["\"in_channels\": 4": "\"in_channels\": 16", "\"out_channels\": 4": "\"out_channels\": 16"]
        }
        try refused("base", "unet16", words: "a UNet of SDXL's kind that draws latents of 16 channels")
    }

    // MARK: - What a model's output means

    @Test func schedulersAreFollowedOrRefused() throws {
        let usual = try judge("base", Case(settings: []))
        let scheduler = "models/tiny/sdxl/scheduler/scheduler_config.json"
        let original = try test.folder.text(of: scheduler)
        var latents = [usual]
        for text in [
            #"{"_class_name": "EDMDPMSolverMultistepScheduler", "sigma_data": 0.5, "sigma_max": 80.0, "sigma_min": 0.002, "rho": 7.0}"#,
            #"{"_class_name": "DDPMScheduler", "beta_schedule": "squaredcos_cap_v2", "num_train_timesteps": 1000}"#,
            #"{"_class_name": "EulerDiscreteScheduler", "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "prediction_type": "v_prediction", "rescale_betas_zero_snr": true}"#,
        ] {
            try test.folder.write(text, to: scheduler)
            #expect(try inspect("models/tiny/sdxl").use == "{uses: load_sdxl, base: models/tiny/sdxl}")
            latents.append(try judge("base", Case(settings: [])))
        }
        #expect(Set(latents).count == 4)
        try test.folder.write(
            #"{"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": 3.0}"#,
            to: scheduler
        )
        try refused("base", "models/tiny/sdxl", words: "it is a model of flow matching")
        // Playground 2.5: its VAE has means and deviations.
        try test.folder.write(original, to: scheduler)
        try test.edit("models/tiny/sdxl/vae/config.json") {
            $0.replacing(
                "\"scaling_factor\": 0.65",
                with: "\"scaling_factor\": 0.5, \"latents_mean\": [-1.6574, 1.886, -1.383, 2.5155], "
                    + "\"latents_std\": [8.4927, 5.9022, 6.5498, 5.2299]"
            )
        }
        #expect(try judge("base", Case(settings: [])) == usual)
    }

    @Test func notesInTheFile() throws {
        let base = try models.inferred()
        try write(base, "sdxl")
        var latents = [try judge("base", Case(settings: ["base=sdxl.safetensors"]))]
        for (name, notes, words) in [
            ("vpred", ["v_pred": Entry.note], "it predicts the velocity (v_pred)"),
            ("noob_vpred", ["v_pred": .note, "ztsnr": .note], "it was trained down to no signal at all (ztsnr)"),
            (
                "cosxl", ["edm_vpred.sigma_max": .number(120), "edm_vpred.sigma_min": .number(0.002)],
                "it was trained with EDM's noise levels and predicts the velocity (CosXL)"
            ),
        ] {
            try write(base.adding(notes), name)
            let found = try inspect("\(name).safetensors")
            #expect(found.details.contains { $0.contains(words) }, "\(name): \(found.details)")
            #expect(found.use == "{uses: load_sdxl, base: \(name).safetensors}")
            latents.append(try judge("base", Case(settings: ["base=\(name).safetensors"])))
        }
        #expect(Set(latents).count == 4)
    }

    @Test func lightningByItsName() throws {
        let lightning = test.folder("models/tiny/lightning.safetensors")
        let recipe = try test.folder.text(of: "unet.yaml")
        var latents: [[UInt8]] = []
        for name in ["plain", "sdxl_lightning_1step_unet_x0", "sdxl_lightning_8step_unet"] {
            try FileManager.default.copyItem(atPath: lightning, toPath: test.folder("\(name).safetensors"))
            try test.folder.write(recipe.replacing("own_unet", with: name), to: "\(name).yaml")
            latents.append(try judge(name, Case(settings: ["steps=1"])))
        }
        #expect(latents[1] != latents[0] && latents[2] == latents[0])
        try test.folder.write(
            recipe.replacing("own_unet.safetensors", with: "plain.safetensors, prediction: image"),
            to: "image.yaml"
        )
        #expect(try judge("image", Case(settings: ["steps=1"])) == latents[1])
    }

    // MARK: - LoRAs

    private func lora(_ name: String) -> String { "loras=[{file: \(name), scale: 1}]" }

    /// The same matrices under everybody's names give the same latent.
    @Test func lorasUnderEverybodysNames() throws {
        let unet = try models.tinyUNet()
        let layers = unet.entries.keys.filter { $0.contains(".attn") && $0.contains(".to_") && $0.hasSuffix(".weight") }
            .sorted().prefix(6).map { String($0.dropLast(".weight".count)) }
        func file(_ names: [(down: String, up: String)], _ others: [String: Entry] = [:]) throws -> RawWeights {
            var entries = others
            for (layer, name) in zip(layers, names) {
                let shape = try #require(unet["\(layer).weight"]?.shape)
                entries[name.down] = .drawn(layer + "down", [4, shape[1]])
                entries[name.up] = .drawn(layer + "up", [shape[0], 4])
            }
            return RawWeights(entries)
        }
        func all(_ layer: (String) -> String, _ down: String, _ up: String) -> [(down: String, up: String)] {
            layers.map { (layer($0) + down, layer($0) + up) }
        }
        func old(_ layer: String) -> String {
            layer.replacing(".to_out.0", with: ".to_out").replacing(".to_", with: ".processor.to_") + "_lora"
        }
        func flat(_ layer: String) -> String { "lora_unet_" + layer.replacing(".", with: "_") }
        let kohya = try file(all(flat, ".lora_down.weight", ".lora_up.weight"))
        try write(kohya, "lora_kohya")
        let plain = try judge("base", Case(settings: []))
        let right = try judge("base", Case(settings: [lora("lora_kohya.safetensors")]))
        #expect(right != plain)

        let alphas = Dictionary(uniqueKeysWithValues: layers.map { (flat($0) + ".alpha", Entry.number(4)) })
        var f64 = kohya.adding(alphas.mapValues { $0.converted(to: "F64") })
        f64["bundle_emb.ada.clip_l"] = .drawn("l", [2, 48])
        f64["bundle_emb.ada.clip_g"] = .drawn("g", [2, 64])
        let files: [(String, RawWeights)] = try [
            ("lora_no_prefix", file(all(old, ".down.weight", ".up.weight"))),
            ("lora_old_prefix", file(all({ "unet." + old($0) }, ".down.weight", ".up.weight"))),
            ("lora_peft_own", file(all({ "base_model.model." + $0 }, ".lora_A.weight", ".lora_B.weight"))),
            ("lora_peft_bare", file(all({ $0 }, ".lora_A.weight", ".lora_B.weight"))),
            ("lora_alphas", kohya.adding(alphas)), ("lora_bundle_emb", f64),
        ]
        for (name, weights) in files {
            try write(weights, name)
            let found = try inspect("\(name).safetensors")
            let use = "{uses: load_sdxl, base: BASE, loras: [{file: \(name).safetensors, scale: 1}]}"
            #expect(found.kind == "a LoRA" && found.use == use, "\(name)")
            #expect(try judge("base", Case(settings: [lora("\(name).safetensors")])) == right, "\(name)")
        }
        try files[0].1.writeTorch(to: test.folder("pytorch_lora_weights.bin"))
        #expect(try judge("base", Case(settings: [lora("pytorch_lora_weights.bin")])) == right)
        #expect(try inspect("lora_bundle_emb.safetensors").details.contains { $0.contains("textual inversion ada") })
        let called = ["text=a portrait of embedding:ada", "weighting=comfyui", lora("lora_bundle_emb.safetensors")]
        #expect(try judge("base", Case(settings: called)) != right)

        // What says more than the matrices.
        let peft = all({ "unet." + $0 }, ".lora_A.weight", ".lora_B.weight")
        var pattern = try file(peft)
        pattern.metadata["lora_adapter_metadata"] =
            "{\"unet.r\": 4, \"unet.lora_alpha\": 8, \"unet.alpha_pattern\": {\"\(layers[0])\": 2}}"
        var ranked = try file(peft)
        ranked.metadata["lora_adapter_metadata"] = #"{"unet.r": 4, "unet.lora_alpha": 8, "unet.use_rslora": true}"#
        let rows = try layers.map { try #require(unet["\($0).weight"]?.shape[0]) }
        let ones = zip(layers, rows).map { layer, rows in
            (flat(layer) + ".dora_scale", Entry.floats(Array(repeating: 1, count: rows), [rows, 1]))
        }
        let magnitudes = zip(layers, rows).map { layer, rows in
            ("unet.\(layer).lora_magnitude_vector", Entry.floats(Array(repeating: 1, count: rows), [rows]))
        }
        var latents: [String: [UInt8]] = [:]
        for (name, weights) in [
            ("pattern", pattern), ("rslora", ranked),
            ("dora", kohya.adding(Dictionary(uniqueKeysWithValues: ones))),
            ("dora_peft", try file(peft).adding(Dictionary(uniqueKeysWithValues: magnitudes))),
            ("bf16", kohya.mapped { $1.converted(to: "BF16") }),
        ] {
            try write(weights, name)
            latents[name] = try judge("base", Case(settings: [lora("\(name).safetensors")]))
        }
        // PEFT divides by a length, and LyCORIS by one that is a little more.
        #expect(Set(latents.values).count == 5 && !latents.values.contains(right))
    }

    /// The authors' names of blocks, of which all count.
    @Test func lorasWithTheAuthorsNames() throws {
        let base = try models.inferred()
        try write(base, "sdxl")
        let start = "\(CaseModels.unet)output_blocks.1.1.transformer_blocks.0.attn"
        let layers = base.entries.keys.filter { $0.hasPrefix(start) && $0.hasSuffix(".weight") }
            .map { String($0.dropFirst(CaseModels.unet.count).dropLast(".weight".count)) }
        func file(_ name: (String) -> String) throws -> RawWeights {
            var entries: [String: Entry] = [:]
            for layer in layers {
                let shape = try #require(base["\(CaseModels.unet)\(layer).weight"]?.shape)
                entries["\(name(layer)).lora_down.weight"] = .drawn(layer + "down", [4, shape[1]])
                entries["\(name(layer)).lora_up.weight"] = .drawn(layer + "up", [shape[0], 4])
            }
            return RawWeights(entries)
        }
        func flat(_ layer: String) -> String { "lora_unet_" + layer.replacing(".", with: "_") }
        let plain = try judge("base", Case(settings: ["base=sdxl.safetensors"]))
        var latents: [[UInt8]] = []
        for (name, weights) in [
            ("kohya", try file(flat)), ("comfy", try file { "diffusion_model." + $0 }),
            ("dotted", try file { "unet." + $0 }),
            (
                "diff",
                try file(flat).adding([
                    "lora_unet_out_2.diff": .zeros([4, 64, 3, 3]), "lora_unet_out_2.diff_b": .zeros([4]),
                ])
            ),
        ] {
            try write(weights, name)
            #expect(try inspect("\(name).safetensors").use != nil)
            latents.append(
                try judge("base", Case(settings: ["base=sdxl.safetensors", lora("\(name).safetensors")]))
            )
        }
        #expect(Set(latents).count == 1 && latents[0] != plain)
    }

    /// Those of other models are named, and what fits nothing with its kind.
    @Test func lorasThatFitNothing() throws {
        func pair(_ layer: String, _ rows: Int, _ width: Int) -> [String: Entry] {
            ["\(layer).lora_down.weight": .zeros([4, width]), "\(layer).lora_up.weight": .zeros([rows, 4])]
        }
        let files: [(name: String, entries: [String: Entry], words: String)] = [
            (
                "sd15",
                pair("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", 320, 768)
                    .merging(pair("lora_te_text_model_encoder_layers_0_mlp_fc1", 3072, 768)) { $1 },
                "this is a LoRA for Stable Diffusion 1; expected a LoRA for SDXL"
            ),
            ("flux", pair("lora_unet_double_blocks_0_img_attn_proj", 64, 64), "this is a LoRA for FLUX;"),
            ("wan", pair("diffusion_model.blocks.0.cross_attn.k", 64, 64), "this is a LoRA for Wan;"),
            (
                "nowhere", pair("lora_unet_down_blocks_7_attn1_to_k", 64, 64),
                "2 tensors of this LoRA belong to no layer of the model's unet: "
                    + "lora_unet_down_blocks_7_attn1_to_k.lora_down.weight (LoRA), "
                    + "lora_unet_down_blocks_7_attn1_to_k.lora_up.weight (LoRA); is it made for SDXL?"
            ),
            (
                "kind", ["lora_unet_down_blocks_7_attn1_to_k.diff": .zeros([64, 64])],
                "1 tensor of this LoRA belongs to no layer of the model's unet: "
                    + "lora_unet_down_blocks_7_attn1_to_k.diff (difference); is it made for SDXL?"
            ),
        ]
        for file in files {
            try write(RawWeights(file.entries), file.name)
            let found = try inspect("\(file.name).safetensors")
            #expect(found.use == nil && found.kind.hasPrefix("a LoRA"), "\(file.name)")
            let right = Case(settings: [lora("\(file.name).safetensors")], said: [file.words], status: 3)
            try judge("base", right)
            if found.kind == "a LoRA" { #expect(found.problem?.hasSuffix(file.words) == true, "\(file.name)") }
        }
        // Of other sizes alone, `inspect` says so in one line.
        try write(RawWeights(pair("lora_unet_mid_block_attentions_0_proj_in", 64, 64)), "narrow")
        #expect(
            try inspect("narrow.safetensors").details == [
                "in the key style of kohya", "unet: 1 layer, rank 4, no alpha (as the rank)",
                "made for layers of other sizes than SDXL's: lora_unet_mid_block_attentions_0_proj_in (LoRA) has shapes [64, 4], "
                    + "[4, 64], which do not fit the layer's [1280, 1280]",
            ]
        )
    }

    // MARK: - Numbers

    @Test func smallerNumbers() throws {
        let single = try models.single()
        let unet = CaseModels.unet
        func isMatrix(_ name: String, _ entry: Entry) -> Bool { name.hasPrefix(unet) && entry.shape.count >= 2 }
        let fp8 = single.mapped { isMatrix($0, $1) ? $1.converted(to: "F8_E4M3") : $1 }
        let scales = fp8.entries.filter { $0.value.type == "F8_E4M3" }.map {
            (String($0.key.dropLast("weight".count)) + "scale_weight", Entry.number(1))
        }
        let scaled = fp8.adding(Dictionary(uniqueKeysWithValues: scales))
            .adding(["scaled_fp8": Entry(type: "F8_E4M3", shape: [2], bytes: Data(count: 2))])
        var latents: [String: [UInt8]] = [:]
        for (name, weights) in [
            ("fp8", fp8), ("fp8_scaled", scaled),
            // What they are, in 32 bits.
            ("widened", try widened(fp8)),
            ("e5m2", single.mapped { $1.type == "F16" ? $1.converted(to: "F8_E5M2") : $1 }),
            (
                "mixed",
                single.mapped { name, entry in
                    guard entry.type == "F16" else { return entry }
                    return name.hasPrefix(unet)
                        ? entry.converted(to: "BF16") : name.hasPrefix("first") ? entry.converted(to: "F32") : entry
                }
            ),
        ] {
            try write(weights, name)
            let found = try inspect("\(name).safetensors")
            let use = "{uses: load_sdxl, base: \(name).safetensors, config: CONFIG}"
            #expect(found.use == use && found.problem == nil, "\(name)")
            latents[name] = try judge("single", Case(settings: ["base=\(name).safetensors"]))
        }
        #expect(latents["fp8"] == latents["widened"] && latents["fp8_scaled"] == latents["widened"])
        #expect(Set(latents.values).count == 3)
    }

    /// The numbers of E4M3 by their definition.
    private func widened(_ weights: RawWeights) throws -> RawWeights {
        weights.mapped { _, entry in
            guard entry.type == "F8_E4M3" else { return entry }
            let values = entry.bytes.map { code -> Float in
                let (exponent, mantissa) = (Int(code >> 3 & 15), Float(code & 7))
                let size: Float =
                    exponent == 0
                    ? mantissa / 512
                    : Float(sign: .plus, exponent: exponent - 7, significand: 1 + mantissa / 8)
                return code & 0x80 == 0 ? size : -size
            }
            return .floats(values, entry.shape)
        }
    }

    // MARK: - Other files and names

    @Test func comfyUIsPuLID() throws {
        let pulid = try RawWeights(path: test.folder("models/tiny/pulid.safetensors")).named { name in
            let parts = name.split(separator: ".")
            if parts[0] == "id_adapter" { return "image_proj." + name.dropFirst("id_adapter.".count) }
            return "ip_adapter.\(parts[1]).\(parts[2] == "id_to_k" ? "to_k_ip" : "to_v_ip").weight"
        }
        let name = "ip-adapter_pulid_sdxl_fp16.safetensors"
        try pulid.write(to: test.folder(name))
        let found = try inspect(name)
        #expect(found.kind == "PuLID v1" && found.use == "{uses: load_pulid, weights: \(name), eva_clip: EVA_CLIP}")
        let recipe = """
            recipe: pulid
            params: {weights: models/tiny/pulid.safetensors}
            nodes:
              sdxl: {uses: load_sdxl, base: models/tiny/sdxl, unet: models/tiny/lightning.safetensors}
              pulid: {uses: load_pulid, weights: "${weights}", eva_clip: models/tiny/eva_clip.safetensors}
              faces: {uses: load_face_models, folder: models/tiny/face}
              face: {uses: load_face, image: recipes/faces/ada.png, models: $faces}
              identity: {uses: encode_id, face: $face, pulid: $pulid}
              prompt: {uses: encode_prompt, model: $sdxl, text: a portrait}
              latent: {uses: sample, model: $sdxl, prompt: $prompt, identity: $identity, pulid: $pulid, seed: 1, steps: 1,
                       sampler: euler, guidance: 1, width: 32, height: 32}
            outputs: {latent.npy: $latent}
            """
        try test.folder.write(recipe, to: "pulid.yaml")
        let own = try judge("pulid", Case(settings: []))
        #expect(try judge("pulid", Case(settings: ["weights=\(name)"])) == own)
        try judge(
            "pulid",
            Case(settings: ["weights=models/tiny/eva_clip.safetensors"], said: ["EVA02-CLIP"], status: 3)
        )
    }

    @Test func theHubsCache() throws {
        let hub = "hub/models--stabilityai--stable-diffusion-xl-base-1.0"
        let revision = "462165984030d82259a11f4367a4eed129e94a7b"
        try test.folder.write(revision, to: "\(hub)/refs/main")
        try FileManager.default.createDirectory(atPath: test.folder("\(hub)/blobs"), withIntermediateDirectories: true)
        for (index, file) in try test.folder.files(under: "models/tiny/sdxl").enumerated() {
            let blob = test.folder("\(hub)/blobs/\(index)")
            try FileManager.default.copyItem(atPath: test.folder("models/tiny/sdxl/\(file)"), toPath: blob)
            let name = file.replacing(".safetensors", with: ".fp16.safetensors")
            let link = test.folder("\(hub)/snapshots/\(revision)/\(name)")
            try FileManager.default.createDirectory(
                atPath: (link as NSString).deletingLastPathComponent,
                withIntermediateDirectories: true
            )
            let up = String(repeating: "../", count: 2 + name.split(separator: "/").count - 1)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(up)blobs/\(index)")
        }
        let plain = try judge("base", Case(settings: []))
        for path in ["\(hub)/snapshots/\(revision)", hub, "hub"] {
            #expect(try judge("base", Case(settings: ["base=\(path)"])) == plain, "\(path)")
        }
        // ModelScope's.
        let scope = test.folder("modelscope/AI-ModelScope")
        try FileManager.default.createDirectory(atPath: scope, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: test.folder("models/tiny/sdxl"),
            toPath: "\(scope)/stable-diffusion-xl-base-1___0"
        )
        #expect(try judge("base", Case(settings: ["base=modelscope"])) == plain)
        #expect(try inspect(hub).use == "{uses: load_sdxl, base: \(hub)/snapshots/\(revision)}")
        let none = "there is no file or folder"
        for path in ["~/hub", "stabilityai/stable-diffusion-xl-base-1.0"] {
            try judge("base", Case(settings: ["base=\(path)"], said: ["\(none) `\(path)`"], status: 2))
        }
    }

    @Test func textualInversionsAndPrompts() throws {
        try write(RawWeights(["clip_g": .drawn("g", [2, 64]), "clip_l": .drawn("l", [2, 48])]), "neg_xl")
        let found = try inspect("neg_xl.safetensors")
        #expect(found.use == "{uses: load_sdxl, base: BASE, embeddings: {NAME: neg_xl.safetensors}}")
        let words = "this is a textual inversion for SDXL; name it as `embeddings:` of load_sdxl"
        try judge("base", Case(settings: [lora("neg_xl.safetensors")], said: [words], status: 3))
        let left = "embedding:neg_xl is not known and left out; name its file under `embeddings` of load_sdxl"
        try judge("base", Case(settings: ["weighting=comfyui", "text=a portrait, embedding:neg_xl"], said: [left]))
        let lora = "<lora:style:0.8> is read as words; name LoRAs under `loras` of load_sdxl"
        try judge("base", Case(settings: ["text=a portrait <lora:style:0.8>"], said: [lora]))
        // By the names of diffusers' first scripts, too.
        try write(
            RawWeights(["text_encoders_1": .drawn("g", [2, 64]), "text_encoders_0": .drawn("l", [2, 48])]),
            "older"
        )
        #expect(try inspect("older.safetensors").kind == "a textual inversion for SDXL")
        var latents: [[UInt8]] = []
        for name in ["neg_xl", "older"] {
            let recipe = Self.recipe.replacing("EXTRA", with: ", embeddings: {a: \(name).safetensors}")
            try test.folder.write(recipe, to: "\(name).yaml")
            latents.append(try judge(name, Case(settings: ["weighting=comfyui", "text=a portrait, embedding:a"])))
        }
        #expect(latents[0] == latents[1])
    }

    @Test func samplersByOthersNames() throws {
        let ancestral = try judge("base", Case(settings: ["sampler=euler_ancestral"]))
        #expect(try judge("base", Case(settings: ["sampler=euler_a"])) == ancestral)
        let trailing = try judge("base", Case(settings: ["schedule=sgm_uniform"]))
        for sampler in ["lcm", "tcd", "dpmpp_2m_sde"] {
            #expect(try judge("base", Case(settings: ["sampler=\(sampler)"])) != trailing)
        }
    }
}
