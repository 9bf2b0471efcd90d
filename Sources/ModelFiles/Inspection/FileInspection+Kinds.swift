import Checkpoints
import Foundation
import Imaging
import ONNX
import Tensors

extension FileInspection {
    /// What weights are, what is in them, and the node that takes them.
    ///
    /// - Parameter settings: the config.json that belongs to a network, if it lies in a folder of its own
    mutating func describe(_ files: OpenFiles, settings: String?) throws {
        let (found, source) = try (files.kind(path), files.source(path))
        kind = "\(found)"
        use = found.place.map(node)
        switch found {
        case .checkpoint(.sdxl, let lacks):
            describeNoise(source)
            // Without text encoders it is another base's UNet.
            if lacks.isEmpty || lacks == [.vae] { judgeBase(lacks: lacks) } else { judgeUNet(settings: nil, files) }
        case .unet(.sdxl):
            details.append(
                "the whole UNet: SDXL-Lightning's come like this; steps and sampler must be those it was made for"
            )
            describeNoise(source)
            judgeUNet(settings: settings, files)
        case .unet(.guidanceEmbedded):
            details.append("use sampler: lcm and schedule: lcm; one call a step, whatever the guidance")
            describeNoise(source)
            judgeUNet(settings: settings, files)
        case .vae: judgeVAE(settings: settings, files)
        case .checkpointParts(let parts) where parts.contains(.vae): judgeVAE(settings: settings, files)
        case .lora: describeLoRA(files)
        case .textualInversion: judge(for: "load_sdxl") { _ = try TextualInversion($0.path, name: "a") }
        case .recognizer, .faceDetector, .faceParser: judgeFaceModel(found)
        case .upscaler:
            judge(for: "load_upscaler") { file in
                let config = try UpscalerFile.check(file.path, files)
                file.details.append(
                    "\(config.scale) times, \(counted(config.blocks, "block")) of \(counted(config.width, "channel"))"
                )
            }
        case .pulid(.encoderOnly): break
        case .pulid(let version):
            switch version {
            case .v1: details.append("IDEncoder: made for SDXL-Lightning")
            case .v1_1: details.append("IDFormer: made for SDXL of any kind")
            default: details.append("identities have to come from load_id, as there is nothing to encode a face with")
            }
            judge(for: "load_pulid") { _ = try PuLIDParts.encoder($0.path, files) }
        case .evaCLIP:
            if source.tensorNames.contains(where: { $0.hasPrefix("text.") }) {
                details.append("with its text encoder, which is not used")
            }
            judge(for: "load_pulid") { _ = try PuLIDParts.tower($0.path, files) }
        case .artifact("identity"):
            if let shape = source.shape(of: "id"), shape.count == 3 {
                details.append("\(counted(shape[1], "token")) of width \(shape[2])")
            }
        case .artifact("latent"):
            if let shape = source.shape(of: "latent"), shape.count == 4, shape[2] < 1 << 20, shape[3] < 1 << 20 {
                details.append("of a picture of \(8 * shape[3])x\(8 * shape[2]), with a VAE like SDXL's")
            }
        default: break
        }
    }

    /// Notes that cannot be read are the file's fault.
    private mutating func describeNoise(_ source: any CheckpointSource) {
        judge(for: "load_sdxl") { found in
            let markers = try NoiseMarkers(source)
            found.details += markers.lines.map { "it \($0)" } + markers.lonelyNotes
        }
    }

    private mutating func judgeFaceModel(_ found: WeightsKind) {
        judge(for: "load_face_models") { file in
            for role in FaceModelRole.allCases where role.rawValue == found.place?.parameter {
                try role.check(file.path)
            }
        }
    }

    private mutating func describeLoRA(_ files: OpenFiles) {
        do {
            let lora = try files.lora(path, settings: LoRAFile.settings(of: path))
            details.append("in the key style of \(lora.style)")
            for summary in lora.summaries {
                let kinds = summary.kinds == ["LoRA"] ? "" : " (\(summary.kinds.joined(separator: ", ")))"
                let alphas = summary.alphas.map(\.brief)
                var facts = ["\(summary.network.rawValue): \(counted(summary.layers, "layer"))\(kinds)"]
                if !summary.ranks.isEmpty {
                    facts.append("rank \(summary.ranks.map(String.init).joined(separator: ", "))")
                    facts.append(
                        alphas.isEmpty ? "no alpha (as the rank)" : "alpha \(alphas.joined(separator: ", "))"
                    )
                }
                details.append(facts.joined(separator: ", "))
            }
            details += lora.embeddings.map { "with the textual inversion \($0.name), which prompts may call" }
            details += lora.remarks.map { "\($0)" }
            judge(lora)
        } catch {
            use = nil
            problem = "\(error)"
        }
    }

    mutating func inspectONNX(_ outline: ONNXOutline) {
        format = "ONNX (operators of version \(outline.opset))"
        tensors = outline.constants.map { Tensor(name: $0.name, type: $0.type, shape: $0.shape) }
        let found = ONNXKind(outline)
        kind = "\(found)"
        use = found.place.map(node)
        func list(_ values: [ONNXOutline.Value]) -> String {
            values.prefix(12).map { value in
                "\(value.name) [\(value.shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", "))]"
            }.joined(separator: ", ")
        }
        details.append("takes \(list(outline.inputs))")
        details.append("gives \(list(outline.outputs))")
        if !outline.producer.isEmpty { details.append("written by \(outline.producer)") }
    }

    mutating func inspectPicture() {
        do {
            let picture = try Bitmap.read(path: path)
            kind = "a picture of \(picture.width)x\(picture.height)"
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            texts = PictureTexts.read(from: data).map { ($0.key, $0.value) }
            use = node(.init(node: "load_image", parameter: "file"))
        } catch {
            kind = "a picture"
            problem = "\(error)"
        }
    }

    /// A line of a recipe with this file in its place, and words in capitals for what else is needed.
    func node(_ place: WeightsKind.RecipePlace) -> String {
        let path = FileInspection.quoted(self.path)
        let inside: String
        switch (place.node, place.parameter) {
        case ("load_sdxl", "base"): inside = "base: \(path)"
        case ("load_sdxl", "loras"): inside = "base: BASE, loras: [{file: \(path), scale: 1}]"
        case ("load_sdxl", "embeddings"): inside = "base: BASE, embeddings: {NAME: \(path)}"
        case ("load_sdxl", let parameter): inside = "base: BASE, \(parameter): \(path)"
        case ("load_pulid", "weights"): inside = "weights: \(path), eva_clip: EVA_CLIP"
        case ("load_pulid", let parameter): inside = "weights: PULID, \(parameter): \(path)"
        case ("load_face_models", "folder"): inside = "folder: \(path)"
        case ("load_face_models", let parameter): inside = "folder: FOLDER, \(parameter): \(path)"
        case (_, let parameter): inside = "\(parameter): \(path)"
        }
        return "{uses: \(place.node), \(inside)}"
    }

    /// As YAML takes it inside braces.
    static func quoted(_ path: String) -> String {
        let isPlain = path.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "/._-+".unicodeScalars.contains($0)
        }
        if isPlain, let first = path.unicodeScalars.first, !"-.+0123456789".unicodeScalars.contains(first) {
            return path
        }
        if isPlain, path.hasPrefix("./") || path.hasPrefix("../") { return path }
        // A dollar begins an insertion.
        return "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("$", with: "$$") + "\""
    }
}

/// What a network in an ONNX file is for, told by what it gives.
enum ONNXKind: Hashable, CustomStringConvertible {
    case detector(keyPoints: Bool)
    case recognizer(numbers: Int)
    case other

    init(_ outline: ONNXOutline) {
        switch outline.outputs.count {
        case 9, 15: self = .detector(keyPoints: true)
        case 6, 10: self = .detector(keyPoints: false)
        case 1 where outline.operators["PRelu"] != nil && outline.outputs[0].shape.count == 2:
            self = .recognizer(numbers: outline.outputs[0].shape[1] ?? 0)
        default: self = .other
        }
    }

    var description: String {
        switch self {
        case .detector(keyPoints: true): "a face detector (insightface's SCRFD with key points)"
        case .detector(keyPoints: false):
            "a face detector without key points (insightface's SCRFD); one whose name ends in bnkps is needed"
        case .recognizer(let numbers):
            "a face recogniser (insightface's ArcFace)" + (numbers > 0 ? " of \(numbers) numbers" : "")
        case .other: "an ONNX model of another kind"
        }
    }

    var place: WeightsKind.RecipePlace? {
        switch self {
        case .detector(keyPoints: true): .init(node: "load_face_models", parameter: "detector")
        case .recognizer: .init(node: "load_face_models", parameter: "recognizer")
        default: nil
        }
    }
}
