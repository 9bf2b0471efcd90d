import Tensors

extension WeightsKind: CustomStringConvertible {
    /// Follows "this is ".
    public var description: String {
        switch self {
        case .checkpoint(.sdxl, let lacks):
            "SDXL in one file"
                + (lacks.isEmpty ? "" : " without its \(lacks.map(\.rawValue).joined(separator: " and "))")
        case .checkpoint(let family, _): "\(WeightsKind.unet(family)), in one file with others of its networks"
        case .checkpointParts(let parts):
            "SDXL's \(parts.map(\.rawValue).joined(separator: " and ")) in one file, without its UNet"
        case .otherModel(let name), .other(let name): name
        case .unet(.sdxl): "SDXL's UNet alone"
        case .unet(.otherChannels(9, 4)): "SDXL's inpainting UNet, which takes nine channels"
        case .unet(.otherChannels(8, 4)): "SDXL's InstructPix2Pix UNet, which takes eight channels"
        case .unet(.otherChannels(let taken, let given)):
            "a UNet of SDXL's kind that takes \(taken) channels and gives \(given)"
        case .unet(.otherLatents(let channels)):
            "a UNet of SDXL's kind that draws latents of \(channels) channels"
                + (channels == 16 ? ", as those of Stable Diffusion 3 and FLUX" : "")
        case .unet(.refiner): "the SDXL refiner's UNet"
        case .unet(.guidanceEmbedded):
            "LCM-SDXL's UNet alone, which is told the guidance as a number"
        case .unet(.distilled): "a distilled SDXL (SSD-1B, Segmind-Vega or alike), whose layers PuLID's do not fit"
        case .unet(.other(let width)):
            "a UNet of another model than SDXL" + (width > 0 ? " (text of width \(width))" : "")
        case .vae: "a VAE alone"
        case .textEncoder(.first): "a text encoder alone (CLIP, SDXL's first)"
        case .textEncoder(.second): "a text encoder alone (CLIP with a projection, SDXL's second)"
        case .textEncoder(.openCLIP): "a text encoder alone, in OpenCLIP's layout"
        case .lora: "a LoRA"
        case .otherLoRA(let name): "a LoRA for \(name)"
        case .textualInversion: "a textual inversion for SDXL"
        case .pulid(.attentionOnly): "PuLID's identity attention without its encoder"
        case .pulid(.encoderOnly): "PuLID's encoder without its identity attention"
        case .pulid(let version): "PuLID \(version.rawValue)"
        case .evaCLIP: "EVA02-CLIP"
        case .recognizer: "a face recogniser (IResNet of ArcFace)"
        case .faceDetector: "a face detector (RetinaFace with ResNet-50)"
        case .faceParser: "a face parser (BiSeNet)"
        case .upscaler: "an upscaler (RRDBNet of ESRGAN)"
        case .artifact(let name): "\(name == "identity" || name == "image" ? "an" : "a") \(name) that a recipe wrote"
        case .unknown: "something else"
        }
    }

    /// Where a recipe names such a file; nil where none takes it.
    public var place: RecipePlace? {
        switch self {
        case .checkpoint(.sdxl, let lacks):
            RecipePlace(node: "load_sdxl", parameter: lacks.isEmpty || lacks == [.vae] ? "base" : "unet")
        case .unet(.sdxl), .unet(.guidanceEmbedded): RecipePlace(node: "load_sdxl", parameter: "unet")
        case .vae: RecipePlace(node: "load_sdxl", parameter: "vae")
        case .checkpointParts(let parts):
            parts.contains(.vae) ? RecipePlace(node: "load_sdxl", parameter: "vae") : nil
        case .lora: RecipePlace(node: "load_sdxl", parameter: "loras")
        case .textualInversion: RecipePlace(node: "load_sdxl", parameter: "embeddings")
        case .pulid(.encoderOnly): nil
        case .pulid: RecipePlace(node: "load_pulid", parameter: "weights")
        case .evaCLIP: RecipePlace(node: "load_pulid", parameter: "eva_clip")
        case .recognizer: RecipePlace(node: "load_face_models", parameter: "recognizer")
        case .faceDetector: RecipePlace(node: "load_face_models", parameter: "aligner")
        case .faceParser: RecipePlace(node: "load_face_models", parameter: "parser")
        case .upscaler: RecipePlace(node: "load_upscaler", parameter: "file")
        case .artifact("identity"): RecipePlace(node: "load_id", parameter: "file")
        case .artifact("latent"): RecipePlace(node: "load_latent", parameter: "file")
        default: nil
        }
    }

    /// A parameter of a node.
    public struct RecipePlace: Hashable, Sendable {
        public let node: String
        public let parameter: String

        public init(node: String, parameter: String) {
            self.node = node
            self.parameter = parameter
        }
    }

    /// The error for a file that should have been something else; it says where such a file goes.
    ///
    /// - Parameter expected: as a message says it
    public func wrong(expected: String, in file: String) -> WeightsError {
        var advice = place.map { "; name it as `\($0.parameter):` of \($0.node)" } ?? ""
        if case .checkpoint(.sdxl, lacks: [.vae]) = self { advice = "; give `vae:` beside it" }
        return .wrongModel(found: description + advice, expected: expected, source: file)
    }
}
