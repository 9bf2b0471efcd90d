import Checkpoints
import Foundation
import Graph
import ModelFiles
import Models
import Nodes
import Synchronization
import TensorTestSupport
import Tensors
import Testing

/// The same model in other files gives the same pictures.
struct LoadSDXLTests {
    let runner: NodeRunner
    let folder: ModelFolder

    init() throws {
        runner = NodeRunner()
        folder = try ModelFolder(copying: goldenFolder + "/sdxl")
    }

    /// The latent of a short render.
    private func render(_ model: SDXLModel) throws -> [Float] {
        let prompt = try runner.run(
            "encode_prompt",
            as: PromptArtifact.self,
            ["text": .string("portrait of a woman"), "negative": .string("blurry")],
            inputs: ["model": model]
        )
        let latent = try runner.run(
            "sample",
            as: LatentArtifact.self,
            [
                "seed": .integer(3), "width": .integer(64), "height": .integer(64), "steps": .integer(1),
                "guidance": .number(1),
            ],
            inputs: ["model": model, "prompt": prompt]
        )
        return latent.latent.values
    }

    private func load(_ parameters: [String: Value]) throws -> SDXLModel { try runner.run("load_sdxl", parameters) }

    @Test func weightsInSeveralFiles() throws {
        let whole = try load(["base": .string(goldenFolder + "/sdxl")])
        try folder.shard("unet/diffusion_pytorch_model.safetensors", into: 3, suffix: "safetensors.index.json")
        try folder.shard("text_encoder_2/model.safetensors", into: 2, suffix: "safetensors.index.fp16.json")
        let sharded = try load(["base": .string(folder.path)])
        #expect(try render(sharded) == render(whole))
    }

    /// A UNet in GGUF's blocks, under its authors' names and without their prefix, gives what its values give.
    @Test func blocksAreTheirValues() throws {
        let tests = URL(fileURLWithPath: goldenFolder).deletingLastPathComponent()
        let blocks = tests.appendingPathComponent("ModelsTests/Goldens/unet.gguf").path
        let file = try WeightFile.open(blocks)
        var writer = SafetensorsWriter()
        for name in file.tensorNames { writer.add(name, try file.tensor(name)) }
        let values = "\(folder.path)/values.safetensors"
        try writer.write(to: values)
        let latents = try [blocks, values].map { unet in
            try render(load(["base": .string(folder.path), "unet": .string(unet)]))
        }
        #expect(latents[0] == latents[1])
        #expect(try latents[0] != render(load(["base": .string(folder.path)])))
    }

    /// What a key is made of: the content of every shard, not that of the index alone.
    @Test func everyShardCounts() throws {
        try folder.shard("unet/diffusion_pytorch_model.safetensors", into: 3, suffix: "safetensors.index.json")
        let before = try load(["base": .string(folder.path)])
        let latent = try render(before)
        let shard = "\(folder.path)/unet/diffusion_pytorch_model-3.safetensors"
        let file = try SafetensorsFile(path: shard)
        var writer = SafetensorsWriter()
        for name in file.tensorNames { writer.add(name, try file.tensor(name) * 0.5, as: .f16) }
        try writer.write(to: shard)
        let after = try load(["base": .string(folder.path)])
        #expect(before.record != after.record)
        #expect(before.part("vae").record == after.part("vae").record)
        #expect(before.part("text").record == after.part("text").record)
        #expect(try render(after) != latent)
    }

    /// Settings beside the weights count, also when they come later.
    @Test func settingsThatAppearCount() throws {
        let settings = "\(folder.path)/tokenizer/special_tokens_map.json"
        try? FileManager.default.removeItem(atPath: settings)
        let before = try load(["base": .string(folder.path)])
        try Data("{}".utf8).write(to: URL(fileURLWithPath: settings))
        let after = try load(["base": .string(folder.path)])
        #expect(before.part("text").record != after.part("text").record)
        #expect(before.part("unet").record == after.part("unet").record)
    }

    /// A network of a file that has changed since it was hashed fails the node, and does not stay for the next one.
    @Test func whatChangedWhileItWasReadDoesNotStay() throws {
        struct Changed: Error {}
        let isChanged = Mutex(true)
        let asked = Mutex<[String]>([])
        let residents = Residents()
        let model = try load(["base": .string(folder.path)])
        let latent = LatentArtifact(.zeros([1, 4, 8, 8]))
        let decoder = NodeRunner(
            context: RunContext(
                fileDigest: NodeRunner.fileDigest,
                checkUnchanged: { paths in
                    asked.withLock { $0 += paths }
                    if isChanged.withLock({ $0 }) { throw Changed() }
                },
                residents: residents
            )
        )
        func decode() throws -> ImageArtifact { try decoder.run("decode", inputs: ["model": model, "latent": latent]) }
        #expect(throws: Changed.self) { try decode() }
        #expect(residents.bytes == 0)
        isChanged.withLock { $0 = false }
        _ = try decode()
        #expect(residents.bytes > 0)
        let weights = "\(folder.path)/vae/diffusion_pytorch_model.safetensors"
        #expect(asked.withLock { $0.contains(weights) && $0.contains("\(folder.path)/vae/config.json") })
    }

    /// A LoRA and its scale are part of what nodes see, and of that alone which the LoRA changes.
    @Test func loras() throws {
        let lora = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../CheckpointsTests/Goldens/lora/kohya.safetensors").standardized.path
        func model(_ loras: [Value]) throws -> SDXLModel {
            try load(["base": .string(folder.path), "loras": .list(loras)])
        }
        func choice(_ scale: Double, _ file: String) -> Value {
            .map(["file": .string(file), "scale": .number(scale)])
        }
        let (plain, whole, half) = try (model([]), model([choice(1, lora)]), model([choice(0.5, lora)]))
        #expect(Set([plain.record, whole.record, half.record]).count == 3)
        #expect(plain.part("vae").record == whole.part("vae").record)
        let latents = try [plain, whole, half, model([choice(0, lora)])].map(render)
        #expect(Set(latents[0..<3]).count == 3)
        #expect(latents[3] == latents[0])

        // One for the UNet alone leaves prompts as they are.
        let file = try SafetensorsFile(path: lora)
        var writer = SafetensorsWriter()
        for name in file.tensorNames where name.hasPrefix("lora_unet_") { writer.add(name, try file.tensor(name)) }
        let unetAlone = folder.path + "/unet_lora.safetensors"
        try writer.write(to: unetAlone)
        let changed = try model([choice(1, unetAlone)])
        #expect(changed.part("text").record == plain.part("text").record)
        #expect(changed.part("unet").record != plain.part("unet").record)
        #expect(try render(changed) != latents[1] && render(changed) != latents[0])
    }

    /// Models that differ in LoRAs and their scales keep each network's weights once, and beside it the LoRAs' files.
    @Test func scalesShareTheWeights() throws {
        let residents = Residents()
        let runner = NodeRunner(residents: residents)
        let lora = "\(Self.goldens)/lora/kohya.safetensors"
        let size = try #require(FileManager.default.attributesOfItem(atPath: lora)[.size] as? Int)
        func kept(_ loras: [(file: String, scale: Double)]) throws -> Int {
            let model = try load([
                "base": .string(folder.path),
                "loras": .list(loras.map { .map(["file": .string($0.file), "scale": .number($0.scale)]) }),
            ])
            let _: PromptArtifact = try runner.run(
                "encode_prompt",
                ["text": .string("portrait")],
                inputs: ["model": model]
            )
            return residents.bytes
        }
        let plain = try kept([])
        let pages = 4096
        var before = plain
        for loras in [[(lora, 1.0)], [(lora, 0.5)], [(lora, 0.3), (lora, 0.2)]] {
            let now = try kept(loras)
            #expect(now > before && now - before <= loras.count * size + 2 * pages)
            before = now
        }
        #expect(before - plain < plain)
    }

    private static let goldens = "\(goldenFolder)/../CheckpointsTests/Goldens"

    /// Each network sees its own scale, and no other.
    @Test func lorasHaveScalesByPart() throws {
        let lora = "\(Self.goldens)/lora/kohya.safetensors"
        func model(_ fields: [String: Value]) throws -> SDXLModel {
            let choice = Value.map(["file": .string(lora)].merging(fields) { $1 })
            return try load(["base": .string(folder.path), "loras": .list([choice])])
        }
        func blocks(_ values: [String: Double]) -> [String: Value] { ["blocks": .map(values.mapValues(Value.number))] }
        let (plain, half) = try (model([:]), model(["scale": .number(0.5)]))
        let text = try model(["text_scale": .number(0.5)])
        #expect(text.part("unet").record == plain.part("unet").record)
        #expect(text.part("text").record == half.part("text").record)
        let encoder = try model(blocks(["text_encoder_2": 0.5]))
        #expect(encoder.part("unet").record == plain.part("unet").record)
        #expect(encoder.part("text").record != plain.part("text").record)
        #expect(encoder.part("text").record != half.part("text").record)
        let down = try model(blocks(["down": 0.5, "IN04": 0]))
        #expect(down.part("text").record == plain.part("text").record)
        #expect(down.part("unet").record != plain.part("unet").record)
        #expect(try render(down) != render(plain))
        // All of it at half by parts is half of it.
        let all = try model(blocks(["down": 0.5, "mid": 0.5, "up": 0.5, "text_encoder": 0.5, "text_encoder_2": 0.5]))
        #expect(try render(all) == render(half))
    }

    /// PEFT's settings are in the key: they say how much the matrices count.
    @Test func peftsFolderIsRead() throws {
        let copy = "\(folder.path)/adapter"
        try FileManager.default.copyItem(atPath: "\(Self.goldens)/lora_kinds/peft_lora", toPath: copy)
        func model(_ path: String) throws -> SDXLModel {
            try load(["base": .string(folder.path), "loras": .list([.map(["file": .string(path)])])])
        }
        let before = try model(copy)
        let latent = try render(before)
        #expect(try model("\(copy)/adapter_model.safetensors").record == before.record)
        let settings = "\(copy)/adapter_config.json"
        let text = try String(contentsOfFile: settings, encoding: .utf8)
        try text.replacing("\"lora_alpha\": 2", with: "\"lora_alpha\": 3").write(
            toFile: settings,
            atomically: true,
            encoding: .utf8
        )
        let after = try model(copy)
        #expect(after.part("unet").record != before.part("unet").record)
        #expect(after.part("text").record == before.part("text").record)
        #expect(try render(after) != latent)
        let empty = "\(folder.path)/unet"
        #expect(message { _ = try model(empty) }?.hasPrefix("\(empty)/pytorch_lora_weights.safetensors") == true)
    }

    /// Of every kind: what is inspected is what is rendered.
    @Test(arguments: ["loha", "lokr", "dora_in", "oft", "boft", "ia3", "full", "norm", "glora"])
    func lorasOfEveryKindRender(_ kind: String) throws {
        let path = "\(Self.goldens)/lora_kinds/\(kind).safetensors"
        let plain = try load(["base": .string(folder.path)])
        let model = try load(["base": .string(folder.path), "loras": .list([.map(["file": .string(path)])])])
        #expect(try render(model) != render(plain))
    }

    /// Before a prompt is encoded, where the recipe names the file.
    @Test func lorasOfOtherModelsAreToldAtLoad() throws {
        let path = "\(folder.path)/other.safetensors"
        for (layer, shapes, words) in [
            ("lora_te_text_model_encoder_layers_0_mlp_fc1", ([3072, 4], [4, 768]), "for SDXL?"),
            (
                "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_k", ([320, 4], [4, 320]),
                "for SDXL?"
            ),
            (
                "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k", ([320, 4], [4, 768]),
                "this is a LoRA for Stable Diffusion 1; expected a LoRA for SDXL"
            ),
        ] {
            var writer = SafetensorsWriter()
            writer.add("\(layer).lora_up.weight", .zeros(shapes.0))
            writer.add("\(layer).lora_down.weight", .zeros(shapes.1))
            try writer.write(to: path)
            let found = message {
                _ = try load(["base": .string(folder.path), "loras": .list([.map(["file": .string(path)])])])
            }
            #expect(found?.hasPrefix(path) == true && found?.hasSuffix(words) == true, "\(found ?? "nothing")")
        }
    }

    @Test func alphasOfZeroAreSaid() throws {
        let path = "\(folder.path)/zero.safetensors"
        var writer = SafetensorsWriter()
        let layer = "lora_unet_mid_block_attentions_0_proj_in"
        writer.add("\(layer).lora_up.weight", Tensor(repeating: 0.1, shape: [32, 4]))
        writer.add("\(layer).lora_down.weight", Tensor(repeating: 0.1, shape: [4, 32]))
        writer.add("\(layer).alpha", Tensor(repeating: 0, shape: []))
        try writer.write(to: path)
        let warnings = Mutex<[String]>([])
        let runner = NodeRunner(warn: { text in warnings.withLock { $0.append(text) } })
        let _: SDXLModel = try runner.run(
            "load_sdxl",
            ["base": .string(folder.path), "loras": .list([.map(["file": .string(path)])])]
        )
        #expect(warnings.withLock { $0.count } == 1)
        #expect(warnings.withLock { $0.first?.hasPrefix("\(path): some layers have an alpha of 0") } == true)
    }

    /// A prompt calls them by the recipe's names; their content is in the key of prompts and of nothing else.
    @Test func promptsNameTextualInversions() throws {
        let path = "\(goldenFolder)/../ModelsTests/Goldens/neg_xl.safetensors"
        let warnings = Mutex<[String]>([])
        let runner = NodeRunner(warn: { text in warnings.withLock { $0.append(text) } })
        func model(_ embeddings: [String: String]) throws -> SDXLModel {
            try runner.run(
                "load_sdxl",
                ["base": .string(folder.path), "embeddings": .map(embeddings.mapValues(Value.string))]
            )
        }
        func embeds(_ model: SDXLModel, _ text: String) throws -> [Float] {
            try runner.run("encode_prompt", as: PromptArtifact.self, ["text": .string(text)], inputs: ["model": model])
                .embeds.values
        }
        let (none, named) = try (model([:]), model(["neg": path]))
        #expect(named.part("unet").record == none.part("unet").record)
        #expect(named.part("text").record != none.part("text").record)
        #expect(try model(["bad": path]).part("text").record != named.part("text").record)
        #expect(try embeds(named, "a photo") == embeds(none, "a photo"))
        #expect(try embeds(named, "a photo embedding:neg") != embeds(none, "a photo"))
        #expect(warnings.withLock { $0 } == [])
        let lora = "\(Self.goldens)/lora/kohya.safetensors"
        #expect(
            message { _ = try model(["x": lora]) }
                == "\(lora): this is a LoRA; name it as `loras:` of load_sdxl; expected a textual inversion for SDXL"
        )
    }
}

/// One tiny model as a checkpoint in one file and as a folder (scripts/goldens/single_file.py).
struct SingleFileTests {
    private let runner: NodeRunner
    private let whole: SDXLModel
    /// The folder, with tokenizers, scheduler and index.
    private let folder: ModelFolder
    private static let file = Golden.path("single_file/model.safetensors", #filePath)
    private static let sdxl = goldenFolder + "/sdxl"

    init() throws {
        runner = NodeRunner()
        folder = try ModelFolder(copying: Golden.path("single_file/diffusers", #filePath))
        for part in ["tokenizer", "tokenizer_2", "scheduler", "model_index.json"] {
            try FileManager.default.copyItem(atPath: "\(Self.sdxl)/\(part)", toPath: "\(folder.path)/\(part)")
        }
        whole = try runner.run("load_sdxl", ["base": .string(folder.path)])
    }

    private func load(_ parameters: [String: Value]) throws -> SDXLModel { try runner.run("load_sdxl", parameters) }

    private func prompt(_ model: SDXLModel) throws -> PromptArtifact {
        try runner.run(
            "encode_prompt",
            ["text": .string("a woman in a garden"), "negative": .string("blurry")],
            inputs: ["model": model]
        )
    }

    private func latent(_ model: SDXLModel) throws -> LatentArtifact {
        try runner.run(
            "sample",
            [
                "seed": .integer(3), "width": .integer(64), "height": .integer(64), "steps": .integer(2),
                "guidance": .number(2),
            ],
            inputs: ["model": model, "prompt": try prompt(model)]
        )
    }

    private func picture(_ model: SDXLModel, _ latent: LatentArtifact) throws -> ImageArtifact {
        try runner.run("decode", inputs: ["model": model, "latent": latent])
    }

    /// The same numbers under other names: not one bit may differ.
    @Test func givesTheSamePictures() throws {
        let single = try load(["base": .string(Self.file), "config": .string(folder.path)])
        let (a, b) = try (prompt(single), prompt(whole))
        #expect(a.embeds.values == b.embeds.values && a.pooled.values == b.pooled.values)
        let (latent, wanted) = try (latent(single), latent(whole))
        #expect(latent.latent.values == wanted.latent.values)
        #expect(try picture(single, latent).image.values == picture(whole, wanted).image.values)
    }

    /// Networks in the authors' layout beside a folder, in a whole checkpoint and alone in a file.
    @Test(arguments: [("unet", "model.diffusion_model."), ("vae", "first_stage_model.")])
    func partsOfEitherLayout(_ role: String, _ prefix: String) throws {
        let file = try SafetensorsFile(path: Self.file)
        var writer = SafetensorsWriter()
        for name in file.tensorNames where name.hasPrefix(prefix) {
            writer.add(String(name.dropFirst(prefix.count)), try file.tensor(name), as: .f16)
        }
        let alone = "\(folder.path)/alone.safetensors"
        try writer.write(to: alone)
        let wanted = try latent(whole)
        for path in [alone, Self.file, "\(folder.path)/\(role)"] {
            let model = try load(["base": .string(folder.path), role: .string(path)])
            let latent = try latent(model)
            #expect(latent.latent.values == wanted.latent.values)
            #expect(try picture(model, latent).image.values == picture(whole, wanted).image.values)
        }
    }

    @Test func tokenizersLieBesideTheFileOrAreNamed() throws {
        let lonely = try ModelFolder(copying: Golden.path("single_file/diffusers", #filePath))
        let file = "\(lonely.path)/model.safetensors"
        try FileManager.default.copyItem(atPath: Self.file, toPath: file)
        let settings: [String: Value] = ["base": .string(file), "config": .string(lonely.path)]
        #expect(
            message { _ = try load(settings) }
                == "a tokenizer is needed: \(lonely.path) has no tokenizer and tokenizer_2, nor vocab.json with "
                + "merges.txt; \(lonely.path) has no tokenizer and tokenizer_2, nor vocab.json with merges.txt; give "
                + "`tokenizer:` a folder that has them, such as a download of stabilityai/stable-diffusion-xl-base-1.0 "
                + "(its tokenizer and tokenizer_2 folders suffice)"
        )

        let wanted = try prompt(whole)
        let named = try load(settings.merging(["tokenizer": .string(Self.sdxl)]) { $1 })
        #expect(try prompt(named).embeds.values == wanted.embeds.values)
        // One tokenizer for both: the second still fills up with token 0.
        let one = try load(settings.merging(["tokenizer": .string("\(Self.sdxl)/tokenizer")]) { $1 })
        #expect(try prompt(one).embeds.values == wanted.embeds.values)
        #expect(one.record != named.record)
        for part in ["tokenizer", "tokenizer_2"] {
            try FileManager.default.copyItem(atPath: "\(Self.sdxl)/\(part)", toPath: "\(lonely.path)/\(part)")
        }
        #expect(try prompt(load(settings)).embeds.values == wanted.embeds.values)
    }

    /// Settings that follow from shapes, for the full size, are those of SDXL base's config.json files.
    @Test func settingsOfTheFullSizeFollowFromShapes() throws {
        let path = "\(folder.path)/full.safetensors"
        try Self.writeFullSize(to: path)
        let checkpoint = try OriginalCheckpoint(WeightFile.open(path))
        try checkpoint.requireSDXL()

        let unet = try checkpoint.unetConfig()
        #expect(unet.blockOutChannels == [320, 640, 1280] && unet.layersPerBlock == 2)
        #expect(unet.transformerLayersPerBlock == [1, 2, 10] && unet.attentionHeads == [5, 10, 20])
        #expect(unet.downBlockTypes == ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"])
        #expect(unet.upBlockTypes == ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"])
        #expect(unet.crossAttentionDim == 2048 && unet.projectionClassEmbeddingsInputDim == 2816)
        #expect(unet.pooledTextDim == 1280 && unet.useLinearProjection && unet.normNumGroups == 32)
        #expect(unet.latentChannels == 4)
        let vae = try AutoencoderKL.Config(
            blockOutChannels: [128, 256, 512, 512],
            layersPerBlock: 2,
            scalingFactor: 0.13025
        )
        #expect(try checkpoint.vaeConfig() == vae)

        let first = try CLIPTextConfig(
            hiddenSize: 768,
            intermediateSize: 3072,
            projectionDim: 768,
            numHiddenLayers: 12,
            numAttentionHeads: 12
        )
        #expect(try checkpoint.firstEncoderConfig() == first)
        let second = try CLIPTextConfig(
            hiddenSize: 1280,
            intermediateSize: 5120,
            projectionDim: 1280,
            numHiddenLayers: 32,
            numAttentionHeads: 20,
            hiddenAct: .gelu
        )
        #expect(try checkpoint.secondEncoderConfig() == second)
    }

    /// A file of the full size's names and shapes, all zeros that take no room on a disk.
    private static func writeFullSize(to path: String) throws {
        let json = try Data(contentsOf: URL(fileURLWithPath: Golden.path("single_file/full_shapes.json", #filePath)))
        let shapes = try JSONDecoder().decode([String: [Int]].self, from: json)
        var offset = 0
        let entries = shapes.sorted { $0.key < $1.key }.map { name, shape in
            let begin = offset
            offset += 2 * shape.reduce(1, *)
            return "\"\(name)\":{\"dtype\":\"F16\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(offset)]}"
        }
        let header = Data("{\(entries.joined(separator: ","))}".utf8)
        var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        data += header
        try data.write(to: URL(fileURLWithPath: path))
        #expect(truncate(path, off_t(data.count + offset)) == 0)
    }

    static let others: [(tensor: String, what: String)] = [
        (
            "cond_stage_model.transformer.text_model.final_layer_norm.weight",
            "Stable Diffusion 1 (one text encoder, cross-attention 768)"
        ),
        ("conditioner.embedders.0.model.ln_final.weight", "the SDXL refiner"),
        ("double_blocks.0.img_attn.qkv.weight", "FLUX"),
        ("id_adapter.body.0.weight", "PuLID's encoder without its identity attention"),
        ("lora_unet_mid_block.lora_up.weight", "a LoRA; name it as `loras:` of load_sdxl"),
        ("label_emb.0.0.weight", "SDXL's UNet alone; name it as `unet:` of load_sdxl"), ("x", "something else"),
    ]

    @Test(arguments: others) func otherFilesAreNamed(_ tensor: String, _ what: String) throws {
        let path = "\(folder.path)/other.safetensors"
        var writer = SafetensorsWriter()
        writer.add(tensor, .zeros([2, 2]))
        writer.add("input_blocks.0.0.weight", .zeros([2, 2]))
        try writer.write(to: path)
        let found = what == "something else" ? "a UNet of another model than SDXL" : what
        #expect(
            message { _ = try load(["base": .string(path)]) }
                == "\(path): this is \(found); expected SDXL in one file, with its UNet, VAE and both text encoders"
        )
    }

    /// Every place for a file says what was given in its stead; damage is reported there, too, and not where the file
    /// is read at last.
    @Test(arguments: ["unet", "vae", "loras"]) func eachPlaceNamesWhatItIsGiven(_ place: String) throws {
        let pulid = Golden.path("../../Goldens/pulid_attention.safetensors", #filePath)
        let expected = ["unet": "SDXL's UNet", "vae": "a VAE", "loras": "a LoRA for SDXL"][place, default: ""]
        func load(_ path: String) throws {
            let value: Value = place == "loras" ? .list([.map(["file": .string(path)])]) : .string(path)
            _ = try self.load(["base": .string(folder.path), place: value])
        }
        #expect(
            message { try load(pulid) }
                == "\(pulid): this is PuLID's identity attention without its encoder; name it as `weights:` of load_pulid; "
                + "expected \(expected)"
        )
        let cut = "\(folder.path)/cut.safetensors"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: pulid))
        try bytes.dropLast(7).write(to: URL(fileURLWithPath: cut))
        #expect(
            message { try load(cut) }
                == "\(cut): truncated: \(bytes.count - 7) bytes are there, \(bytes.count) are needed; copy or download it "
                + "again"
        )
    }

    /// What a UNet's file notes on the noise it was trained with is followed.
    @Test func notesOnNoiseAreFollowed() throws {
        let file = try SafetensorsFile(path: Self.file)
        func noted(_ notes: String...) throws -> String {
            var writer = SafetensorsWriter()
            for name in file.tensorNames where file.elementType(of: name) != .i64 {
                writer.add(name, try file.tensor(name), as: .f16)
            }
            for note in notes { writer.add(note, .zeros([0])) }
            let path = "\(folder.path)/\(notes.joined()).safetensors"
            try writer.write(to: path)
            return path
        }
        let velocity = try load(["base": .string(noted("v_pred")), "config": .string(folder.path)])
        // Settings are read when they are first needed.
        let usual = try latent(whole).latent.values
        let settings = "\(folder.path)/scheduler/scheduler_config.json"
        try String(contentsOfFile: settings, encoding: .utf8)
            .replacingOccurrences(of: #""epsilon""#, with: #""v_prediction""#)
            .write(toFile: settings, atomically: true, encoding: .utf8)
        let told = try load(["base": .string(folder.path)])
        let found = try latent(velocity).latent.values
        #expect(try found == latent(told).latent.values)
        #expect(found != usual)
    }
}

/// The text of the error that `body` throws; nil if it throws none.
func message(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return "\(error)"
    }
}

/// A copy of a model's folder that a test may change.
final class ModelFolder {
    let path: String

    init(copying source: String) throws {
        path = NSTemporaryDirectory() + "model-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: source, toPath: path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Replaces a safetensors file by several and their index.
    func shard(_ file: String, into count: Int, suffix: String) throws {
        let whole = try SafetensorsFile(path: "\(path)/\(file)")
        let base = String(file.dropLast(".safetensors".count))
        var map: [String: String] = [:]
        var writers = Array(repeating: SafetensorsWriter(), count: count)
        for (index, name) in whole.tensorNames.enumerated() {
            writers[index % count].add(name, try whole.tensor(name), as: .f16)
            map[name] = "\((base as NSString).lastPathComponent)-\(index % count + 1).safetensors"
        }
        for (index, writer) in writers.enumerated() { try writer.write(to: "\(path)/\(base)-\(index + 1).safetensors") }
        let index = try JSONEncoder().encode(["weight_map": map])
        try index.write(to: URL(fileURLWithPath: "\(path)/\(base).\(suffix)"))
        try FileManager.default.removeItem(atPath: "\(path)/\(file)")
    }
}
