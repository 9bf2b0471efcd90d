import Checkpoints
import EngineTestSupport
import Foundation
import Graph
import ModelFiles
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// `inspect` and a run have one judgement: what is offered loads, and what is not is refused in every place.
@Suite final class InspectedFilesTests {
    private let folder: ModelFolder
    /// Beside the model's folder, which is copied into it.
    private let cache: TemporaryFolder
    private let runner = NodeRunner()
    private let whole: SafetensorsFile
    private static let tiny = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../models/tiny").standardizedFileURL.path

    init() throws {
        cache = try TemporaryFolder()
        folder = try ModelFolder(copying: Golden.path("single_file/diffusers", #filePath))
        whole = try SafetensorsFile(path: Golden.path("single_file/model.safetensors", #filePath))
        for part in ["tokenizer", "tokenizer_2", "scheduler", "model_index.json"] {
            try FileManager.default.copyItem(
                atPath: "\(goldenFolder)/sdxl/\(part)",
                toPath: "\(folder.path)/\(part)"
            )
        }
    }

    /// A file's tensors changed, kept or left out.
    private func file(
        _ name: String,
        of source: (any CheckpointSource)? = nil,
        adding others: [String: Tensor] = [:],
        _ change: (String) -> String? = { $0 }
    ) throws -> String {
        let source = source ?? whole
        var writer = SafetensorsWriter(metadata: source.metadata)
        for tensor in source.tensorNames where source.elementType(of: tensor)?.isReadAsFloats == true {
            if let name = change(tensor) { writer.add(name, try source.tensor(tensor)) }
        }
        for (name, value) in others { writer.add(name, value) }
        let path = "\(folder.path)/\(name).safetensors"
        try writer.write(to: path)
        return path
    }

    private func unet(_ change: @escaping (String) -> String? = { $0 }) -> (String) -> String? {
        let prefix = "model.diffusion_model."
        return { $0.hasPrefix(prefix) ? change(String($0.dropFirst(prefix.count))) : nil }
    }

    /// Every kind of file and folder that people bring, small.
    private func everything() throws -> [String] {
        let pulid = try SafetensorsFile(path: Self.tiny + "/pulid.safetensors")
        let tower = try SafetensorsFile(path: Self.tiny + "/eva_clip.safetensors")
        let parser = try SafetensorsFile(path: Self.tiny + "/face/parser.safetensors")
        let lora = try SafetensorsFile(
            path: Golden.path("../../CheckpointsTests/Goldens/lora/kohya.safetensors", #filePath)
        )
        let empty = Tensor([], shape: [0])
        var files = [
            try file("whole"), try file("noob", adding: ["v_pred": empty, "ztsnr": empty]),
            try file("odd_note", adding: ["edm_vpred.sigma_max": .zeros([7])]),
            try file("no_vae") { $0.hasPrefix("first_stage_model.") ? nil : $0 },
            try file("no_text") { $0.hasPrefix("conditioner.") ? nil : $0 },
            try file("no_norm") { $0.hasSuffix("middle_block.0.in_layers.0.weight") ? nil : $0 },
            try file("no_middle") { $0.contains(".middle_block.") ? nil : $0 },
            try file("stray", adding: ["model.diffusion_model.stray.weight": .zeros([2, 2])]),
            try file("unet", unet()), try file("unet_no_norm", unet { $0 == "out.0.weight" ? nil : $0 }),
            try file("unet_stray", adding: ["stray.weight": .zeros([2, 2])], unet()),
            try file(
                "inpainting",
                adding: ["input_blocks.0.0.weight": .zeros([8, 9, 3, 3])],
                unet {
                    $0 == "input_blocks.0.0.weight" ? nil : $0
                }
            ),
            try file("pulid", of: pulid),
            try file("pulid_encoder", of: pulid) { $0.hasPrefix("id_adapter.") ? $0 : nil },
            try file("pulid_attention", of: pulid) { $0.hasPrefix("id_adapter.") ? nil : $0 },
            try file("pulid_cut", of: pulid) { $0 == "id_adapter.body.0.bias" ? nil : $0 },
            try file("tower", of: tower), try file("tower_cut", of: tower) { $0 == "visual.norm.weight" ? nil : $0 },
            try file("parser", of: parser),
            try file("parser_cut", of: parser) { $0 == "conv_out.conv_out.weight" ? nil : $0 },
            try file("lora", of: lora),
            try file("lora_cut", of: lora) { $0.hasSuffix("proj_in.lora_up.weight") ? nil : $0 },
            try file("lora_other", of: lora) { "flux_" + $0 },
            try file("neg", of: lora, adding: ["clip_l": .zeros([2, 32]), "clip_g": .zeros([2, 40])]) { _ in nil },
            try file("nothing", of: lora, adding: ["a": .zeros([2])]) { _ in nil },
            folder.path, "\(folder.path)/unet", "\(folder.path)/vae", "\(folder.path)/tokenizer",
            "\(folder.path)/text_encoder", Self.tiny + "/face", Self.tiny + "/sdxl",
            Golden.path("../../CheckpointsTests/Goldens/lora_kinds/peft_lora", #filePath),
        ]
        for (name, old, new) in [("refiner", "88", "\(5 * 8 + 72)"), ("eight", "4", "8")] {
            let copy = "\(folder.path)/\(name)"
            try FileManager.default.copyItem(atPath: "\(goldenFolder)/sdxl/unet", toPath: copy)
            let config = try String(contentsOfFile: "\(copy)/config.json", encoding: .utf8)
            let key = name == "refiner" ? "projection_class_embeddings_input_dim" : "in_channels"
            try config.replacing("\"\(key)\": \(old)", with: "\"\(key)\": \(new)")
                .write(toFile: "\(copy)/config.json", atomically: true, encoding: .utf8)
            files.append(copy)
        }
        let broken = "\(folder.path)/broken"
        try FileManager.default.copyItem(atPath: "\(folder.path)/tokenizer", toPath: broken)
        try "{\"a\": }".write(toFile: "\(broken)/vocab.json", atomically: true, encoding: .utf8)
        return files + [broken]
    }

    /// Checkpoints whose fault is their UNet's: as `vae:` they give what is whole.
    private static let wholeVAEs = ["odd_note", "no_norm", "no_middle", "stray"].map { "/\($0).safetensors" }

    @Test func whatIsOfferedLoadsAndNothingElse() throws {
        for path in try everything() {
            let found = FileInspection(path: path)
            if let use = found.use {
                #expect(found.problem == nil)
                do { try load(use) } catch { Issue.record("\(use): \(error)") }
            } else {
                for (node, parameters) in places(of: path) {
                    if parameters["vae"] == .string(path), Self.wholeVAEs.contains(where: path.hasSuffix) {
                        #expect(throws: Never.self, "\(parameters)") { try load(node, parameters) }
                    } else {
                        #expect(throws: (any Error).self, "\(node) \(parameters)") { try load(node, parameters) }
                    }
                }
                let isSaid = found.problem != nil || found.details.contains { $0.contains("does not take it") }
                #expect(isSaid || found.kind != "SDXL in one file", "\(path)")
            }
        }
    }

    // MARK: - Running what is offered

    /// The base that the LoRAs and textual inversions are made for.
    private static let wider = goldenFolder + "/sdxl"

    private var places: [(node: String, parameters: (String) -> [String: Value])] {
        let base = Value.string(folder.path)
        let added = Value.string(Self.wider)
        return [
            ("load_sdxl", { ["base": .string($0)] }), ("load_sdxl", { ["base": .string($0), "config": base] }),
            ("load_sdxl", { ["base": base, "unet": .string($0)] }),
            ("load_sdxl", { ["base": base, "vae": .string($0)] }),
            ("load_sdxl", { ["base": base, "tokenizer": .string($0)] }),
            ("load_sdxl", { ["base": added, "loras": .list([.map(["file": .string($0)])])] }),
            ("load_sdxl", { ["base": added, "embeddings": .map(["a": .string($0)])] }),
            ("load_pulid", { ["weights": .string($0), "eva_clip": .string(Self.tiny + "/eva_clip.safetensors")] }),
            ("load_pulid", { ["weights": .string(Self.tiny + "/pulid.safetensors"), "eva_clip": .string($0)] }),
            ("load_face_models", { ["folder": .string(Self.tiny + "/face"), "parser": .string($0)] }),
            ("load_face_models", { ["folder": .string(Self.tiny + "/face"), "recognizer": .string($0)] }),
        ]
    }

    private func places(of path: String) -> [(node: String, parameters: [String: Value])] {
        places.map { ($0.node, $0.parameters(path)) }
    }

    private func load(_ node: String, _ parameters: [String: Value]) throws {
        switch node {
        case "load_sdxl": _ = try runner.run(node, as: SDXLModel.self, parameters)
        case "load_pulid": _ = try runner.run(node, as: PuLIDModel.self, parameters)
        default: _ = try runner.run(node, as: FaceModels.self, parameters)
        }
    }

    /// A line as `inspect` prints it, with what belongs to these files in place of its words in capitals.
    private func load(_ use: String) throws {
        let words = [
            "BASE": folder.path, "CONFIG": folder.path, "VAE": "\(folder.path)/vae", "TOKENIZER": folder.path,
            "PULID": Self.tiny + "/pulid.safetensors", "EVA_CLIP": Self.tiny + "/eva_clip.safetensors",
            "FOLDER": Self.tiny + "/face",
        ]
        var parameters: [String: Value] = [:]
        var node = ""
        for match in use.matches(of: /(\w+): ([^\s,{}\[\]]+)/) {
            let (key, text) = (String(match.1), String(match.2))
            let value = Value.string(words[text] ?? text)
            switch key {
            case "uses": node = text
            case "file":
                parameters["loras"] = .list([.map(["file": value])])
                parameters["base"] = .string(Self.wider)
            case "NAME":
                parameters["embeddings"] = .map(["a": value])
                parameters["base"] = .string(Self.wider)
            case "scale": continue
            default: parameters[key] = value
            }
        }
        try load(node, parameters)
    }

    // MARK: - The cache of huggingface_hub

    private func hub(_ name: String, _ source: String, revisions: [String] = ["0123abcd"]) throws -> String {
        let path = "\(cache.path)/models--someone--\(name)"
        try FileManager.default.createDirectory(atPath: "\(path)/snapshots", withIntermediateDirectories: true)
        for revision in revisions {
            try FileManager.default.copyItem(atPath: source, toPath: "\(path)/snapshots/\(revision)")
        }
        return path
    }

    @Test func everyPathMayBeTheHubsCache() throws {
        let tokenizers = try hub("tokenizers", "\(goldenFolder)/sdxl")
        let base = try file("base")
        let plain = try runner.run(
            "load_sdxl",
            as: SDXLModel.self,
            ["base": .string(base), "config": .string(folder.path), "tokenizer": .string("\(goldenFolder)/sdxl")]
        )
        let hubs = try runner.run(
            "load_sdxl",
            as: SDXLModel.self,
            [
                "base": .string(base), "config": .string(try hub("config", folder.path)),
                "tokenizer": .string(tokenizers),
            ]
        )
        #expect(hubs.record == plain.record)
        let lora = try hub("lora", Golden.path("../../CheckpointsTests/Goldens/lora_kinds/peft_lora", #filePath))
        #expect(FileInspection(path: lora).kind == "a LoRA")
        try load("load_face_models", ["folder": .string(try hub("faces", Self.tiny + "/face"))])
        let parts = FileInspection(path: cache.path)
        #expect(parts.kind == "a folder of models")
        #expect(
            parts.parts.map(\.name) == [
                "models--someone--config", "models--someone--faces", "models--someone--lora",
                "models--someone--tokenizers",
            ]
        )

        let two = try hub("two", "\(goldenFolder)/sdxl", revisions: ["a", "b"])
        let said = "this folder of huggingface_hub's cache has 2 snapshots, and no refs/main that names one of them"
        #expect(
            FileInspection(path: two).problem
                == "\(two): \(said); name one of them: \(two)/snapshots/a, \(two)/snapshots/b"
        )
        let schema = try #require(NodeRegistry.builtin["load_sdxl"])
        let problems = try schema.bind(parameters: ["base": .string(two)], inputs: [:]).problems()
        #expect(problems.map(\.message) == ["\(two): \(said)"])
    }
}
