import Checkpoints
import Foundation

extension FileInspection {
    /// A model's folder by what its settings say, another by what it holds.
    ///
    /// - Parameter isPart: of another folder
    mutating func inspectFolder(isPart: Bool) {
        guard access(path, R_OK | X_OK) == 0 else {
            kind = "a folder that cannot be read"
            problem = "\(path): cannot be read: \(String(cString: strerror(errno)))"
            return
        }
        if let hub = HubFolder(path) {
            inspect(hub, isPart)
            return
        }
        if isSDXLFolder(path) {
            inspectPipeline()
        } else if has("config.json") {
            inspectPart()
        } else if SDXLLayout.hasTokenizers(in: path) {
            inspectTokenizers()
        } else if let weights = LoRAFile.weights(in: path) {
            inspectLoRA(weights)
        } else {
            inspectFaceModels()
            if !isPart { inspectOthers() }
            if parts.isEmpty { kind = "a folder that holds no model" }
        }
        for part in parts { bytes += part.inspection.bytes }
        if problem == nil {
            problem = parts.lazy.compactMap(\.inspection.problem).first
        }
    }

    private mutating func inspect(_ hub: HubFolder, _ isPart: Bool) {
        guard let snapshot = hub.snapshot else {
            kind = "a repository in the cache of huggingface_hub"
            problem = hub.ambiguity.map { "\(path): \($0.message); \($0.hint)" }
            return
        }
        let named = path
        self = FileInspection(path: snapshot, isPart: isPart)
        path = named
        details.append("in the cache of huggingface_hub: \(snapshot)")
    }

    private mutating func inspectTokenizers() {
        var layout = SDXLLayout(base: path, config: nil)
        try? layout.addTokenizers(from: path)
        kind = has("tokenizer_2") ? "a folder with both tokenizers of SDXL" : "a tokenizer"
        for file in layout.paths.values {
            bytes += (try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0
        }
        use = "{uses: load_sdxl, base: BASE, tokenizer: \(Self.quoted(path))}"
        judgeTokenizers(layout)
    }

    private static let modelEndings = ["safetensors", "bin", "pt", "pth", "ckpt", "gguf", "onnx"]
    private static let mostParts = 200

    /// Files of models, and folders of one each.
    private mutating func inspectOthers() {
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
            .filter { name in !name.hasPrefix(".") && !parts.contains { $0.name == name } }
        let found: [(name: String, inspection: FileInspection)] = names.lazy.compactMap { [path] name in
            let place = "\(path)/\(name)"
            guard isFolder(place) || Self.modelEndings.contains((name as NSString).pathExtension.lowercased()) else {
                return nil
            }
            let inspection = FileInspection(path: place, isPart: true)
            return inspection.kind == "a folder that holds no model" ? nil : (name, inspection)
        }.prefix(Self.mostParts).map { $0 }
        if parts.isEmpty, !found.isEmpty { kind = "a folder of models" }
        parts += found
    }

    private struct ClassName: Decodable {
        let name: String
        private enum Key: String, CodingKey { case name = "_class_name" }

        init(from decoder: any Decoder) throws {
            name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .name)
        }
    }

    private mutating func inspectPipeline() {
        format = "diffusers"
        guard let pipeline = try? decodeConfig(ClassName.self, from: "\(path)/model_index.json").name else {
            kind = "a folder of diffusers whose model_index.json cannot be read"
            problem = "\(path)/model_index.json: this is not a list of a model's parts"
            return
        }
        for part in ["unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"] where has(part) {
            parts.append((part, FileInspection(path: "\(path)/\(part)", isPart: true)))
        }
        guard pipeline.hasPrefix("StableDiffusionXL") else {
            kind = "a model of another kind than SDXL (diffusers' \(pipeline))"
            return
        }
        kind = "SDXL in the layout of diffusers"
        use = node(.init(node: "load_sdxl", parameter: "base"))
        judgeBase(lacks: [])
    }

    /// One network with its settings.
    private mutating func inspectPart() {
        format = "diffusers"
        let folder = path
        let names = ["diffusion_pytorch_model", "model"]
        guard let found = names.lazy.compactMap({ try? WeightFolder.find(folder, basename: $0) }).first else {
            kind = "a folder of settings without weights"
            return
        }
        let weights = FileInspection(path: found, isPart: true, settings: "\(folder)/config.json")
        (bytes, kind, details, tensors, problem) = (
            weights.bytes, weights.kind, weights.details, weights.tensors, weights.problem
        )
        format = weights.format.map { "diffusers, \($0)" } ?? "diffusers"
        // Of a folder's networks, load_sdxl takes these two; text encoders come with their model.
        if weights.use != nil {
            for parameter in ["unet", "vae"] where weights.use?.contains(", \(parameter): ") == true {
                use = node(.init(node: "load_sdxl", parameter: parameter))
            }
        }
    }

    /// As PEFT or diffusers saves a LoRA.
    private mutating func inspectLoRA(_ weights: String) {
        let found = FileInspection(path: weights, isPart: true)
        (bytes, format, kind, details, tensors, problem) = (
            found.bytes, found.format, found.kind, found.details, found.tensors, found.problem
        )
        if found.use != nil { use = node(.init(node: "load_sdxl", parameter: "loras")) }
    }

    private mutating func inspectFaceModels() {
        let roles = FaceModelRole.allCases
        for name in roles.flatMap(\.names) where has(name) {
            parts.append((name, FileInspection(path: "\(path)/\(name)", isPart: true)))
        }
        guard !parts.isEmpty else { return }
        kind = "a folder of networks that look at faces"
        let present = Set(parts.map(\.name))
        let missing = roles.filter { present.isDisjoint(with: $0.names) }
        details += missing.map { "without \($0.rawValue): \($0.names.joined(separator: " or "))" }
        if missing.allSatisfy(\.isOptional) { use = node(.init(node: "load_face_models", parameter: "folder")) }
    }

    private func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}
