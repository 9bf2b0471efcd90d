import Checkpoints
import Foundation

extension FileInspection {
    /// A model's folder by what its settings say, another by what it holds.
    mutating func inspectFolder() {
        if let hub = HubFolder(path) {
            let named = path
            self = FileInspection(path: hub.snapshot)
            path = named
            details.append("in the cache of huggingface_hub: \(hub.snapshot)")
            return
        }
        if has("model_index.json") {
            inspectPipeline()
        } else if has("config.json") {
            inspectPart()
        } else if has("vocab.json") || has("tokenizer.json") {
            kind = "a tokenizer"
            for name in ["vocab.json", "merges.txt", "tokenizer.json"] {
                bytes += (try? FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.size] as? Int) ?? 0
            }
            use = "{uses: load_sdxl, base: BASE, tokenizer: \(Self.quoted(path))}"
        } else if has("tokenizer") && has("tokenizer_2") {
            kind = "a folder with both tokenizers of SDXL"
            use = "{uses: load_sdxl, base: BASE, tokenizer: \(Self.quoted(path))}"
        } else if let weights = LoRAFile.weights(in: path) {
            inspectLoRA(weights)
        } else {
            inspectFaceModels()
        }
        for part in parts { bytes += part.inspection.bytes }
        if problem == nil {
            problem = parts.lazy.compactMap(\.inspection.problem).first
        }
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
            parts.append((part, FileInspection(path: "\(path)/\(part)")))
        }
        guard pipeline.hasPrefix("StableDiffusionXL") else {
            kind = "a model of another kind than SDXL (diffusers' \(pipeline))"
            return
        }
        kind = "SDXL in the layout of diffusers"
        judge(lacks: [])
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
        let weights = FileInspection(path: found)
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
        let found = FileInspection(path: weights)
        (bytes, format, kind, details, tensors, problem) = (
            found.bytes, found.format, found.kind, found.details, found.tensors, found.problem
        )
        if found.use != nil { use = node(.init(node: "load_sdxl", parameter: "loras")) }
    }

    private mutating func inspectFaceModels() {
        let roles = FaceModelRole.allCases
        for name in roles.flatMap(\.names) where has(name) {
            parts.append((name, FileInspection(path: "\(path)/\(name)")))
        }
        kind = parts.isEmpty ? "a folder that holds no model" : "a folder of networks that look at faces"
        let present = Set(parts.map(\.name))
        let missing = roles.filter { present.isDisjoint(with: $0.names) }
        guard !parts.isEmpty else { return }
        details += missing.map { "without \($0.rawValue): \($0.names.joined(separator: " or "))" }
        if missing.allSatisfy(\.isOptional) { use = node(.init(node: "load_face_models", parameter: "folder")) }
    }

    private func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
}
