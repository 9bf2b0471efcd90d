import Checkpoints
import Tensors

/// What the tensors of a file are, told by names that only such files have, and by a few shapes.
///
/// `FileKind` says what a file's bytes are; this says what is in it once it can be read.
public enum WeightsKind: Hashable, Sendable {
    /// SDXL's UNet in one file with others of its networks.
    case checkpoint(UNetFamily, lacks: [Part])
    /// What SDXL has beside its UNet, in one file without it.
    case checkpointParts([Part])
    /// Another model in one file, by its name.
    case otherModel(String)
    /// A UNet alone.
    case unet(UNetFamily)
    case vae
    /// A text encoder alone.
    case textEncoder(TextEncoder)
    case lora
    /// Of another model, by its name.
    case otherLoRA(String)
    /// For SDXL's two text encoders.
    case textualInversion
    /// PuLID for SDXL.
    case pulid(PuLIDVersion)
    /// EVA02-CLIP, or its vision tower.
    case evaCLIP
    /// ArcFace's IResNet.
    case recognizer
    /// RetinaFace with ResNet-50.
    case faceDetector
    /// BiSeNet.
    case faceParser
    /// RRDBNet, as ESRGAN and Real-ESRGAN are.
    case upscaler
    /// A result that a recipe wrote, by what recipes call it: identity, latent, prompt, face, image.
    case artifact(String)
    /// Something else that is known, and of no use here, by its name.
    case other(String)
    case unknown

    /// All of SDXL in one file.
    public static let sdxl = WeightsKind.checkpoint(.sdxl, lacks: [])

    public enum UNetFamily: Hashable, Sendable {
        case sdxl
        /// Takes more than the noise, or gives more: 9 for pictures with a mask, 8 for InstructPix2Pix.
        case otherChannels(taken: Int, given: Int)
        /// Draws latents that are not of four channels.
        case otherLatents(channels: Int)
        /// SDXL's second model, which reads the second text encoder alone.
        case refiner
        /// Told the guidance as a number (LCM-SDXL).
        case guidanceEmbedded
        /// With fewer layers (SSD-1B, Segmind-Vega).
        case distilled
        /// By the width of its text.
        case other(width: Int)
    }

    /// What a checkpoint holds beside its UNet.
    public enum Part: String, CaseIterable, Hashable, Sendable {
        case vae = "VAE"
        case textEncoder = "first text encoder"
        case textEncoder2 = "second text encoder"
    }

    public enum TextEncoder: Hashable, Sendable {
        case first, second
        /// As OpenCLIP writes it.
        case openCLIP
    }

    public enum PuLIDVersion: String, Hashable, Sendable {
        case v1 = "v1"
        case v1_1 = "v1.1"
        /// The identity attention alone.
        case attentionOnly
        case encoderOnly
    }

    public init(_ source: any WeightSource) { self = WeightsNames(source).kind }
}

/// The names of a file's tensors, for looking what is among them.
private struct WeightsNames {
    private let source: any WeightSource
    private let names: [String]

    init(_ source: any WeightSource) {
        self.source = source
        names = source.tensorNames
    }

    private func has(_ name: String) -> Bool { source.shape(of: name) != nil }
    private func holds(_ prefix: String) -> Bool { names.contains { $0.hasPrefix(prefix) } }
    private func contains(_ part: String) -> Bool { names.contains { $0.contains(part) } }

    /// Files with the most in them first: a whole model holds a UNet, too.
    var kind: WeightsKind {
        wholeModel ?? identity ?? control ?? lora ?? face ?? upscaler ?? OtherModels.network(among: names) ?? part
            ?? artifact ?? .unknown
    }

    private static let unetPrefix = "model.diffusion_model."

    private var wholeModel: WeightsKind? {
        if has("\(Self.unetPrefix)label_emb.0.0.weight"), !holds("conditioner.embedders.0.model.") {
            let lacks = WeightsKind.Part.allCases.filter { !holds($0.prefix) }
            if lacks.count < WeightsKind.Part.allCases.count {
                return .checkpoint(family(Self.unetPrefix), lacks: lacks)
            }
        }
        if holds("cond_stage_model.transformer.") {
            return .otherModel("Stable Diffusion 1 (one text encoder, cross-attention 768)")
        }
        if holds("cond_stage_model.model.") {
            return .otherModel("Stable Diffusion 2 (OpenCLIP's text encoder alone)")
        }
        if holds("conditioner.embedders.0.model.") { return .otherModel("the SDXL refiner") }
        if has("unet.conv_in.weight"), holds("vae.") || holds("text_encoder.") {
            return .other("networks of diffusers in one file, which are a folder's (save_pretrained writes it)")
        }
        return parts
    }

    /// One part alone is told by what it is.
    private var parts: WeightsKind? {
        let parts = WeightsKind.Part.allCases.filter { holds($0.prefix) }
        guard parts.count > 1, !holds(Self.unetPrefix), !holds("diffusion_model.") else { return nil }
        return .checkpointParts(parts)
    }

    /// Kinds of ControlNet that are written as differences of a UNet.
    private var control: WeightsKind? {
        if has("lora_controlnet") { return .other("a Control-LoRA, which is a ControlNet") }
        return holds("lllite_") ? .other("a ControlNet-LLLite") : nil
    }

    /// By its names for SDXL's layers; those of other models are LoRAs all the same.
    private var lora: WeightsKind? {
        guard LoRAFile.isLoRA(names) || holds("lora_") || contains(".lora") || contains("_lora.") else { return nil }
        return OtherModels.lora(source).map { .otherLoRA($0) } ?? .lora
    }

    private var identity: WeightsKind? {
        if holds("pulid_encoder.") || holds("pulid_ca.") { return .other("PuLID for FLUX") }
        if holds("id_adapter.") {
            guard holds("id_adapter_attn_layers.") else { return .pulid(.encoderOnly) }
            return .pulid(holds("id_adapter.latents") ? .v1_1 : .v1)
        }
        if holds("id_adapter_attn_layers.") { return .pulid(.attentionOnly) }
        if has("visual.patch_embed.proj.weight"), has("visual.blocks.0.mlp.w1.weight") { return .evaCLIP }
        if EVACLIPFile.prefix(source) != nil { return .evaCLIP }
        let isV1 = holds("image_proj.body.") || holds("image_proj.mapping_patch_")
        if isV1 || holds("image_proj.id_embedding_mapping.") || holds("image_proj.layers.0.0.id_to_kv") {
            return .pulid(!holds("ip_adapter.") ? .encoderOnly : isV1 ? .v1 : .v1_1)
        }
        if holds("ip_adapter.") || holds("image_proj.") { return .other("an IP-Adapter") }
        if holds("vision_model.embeddings.") || has("visual.conv1.weight") {
            return .other("CLIP's image encoder (PuLID's is EVA02-CLIP)")
        }
        return nil
    }

    private var face: WeightsKind? {
        if has("layer1.0.prelu.weight"), has("fc.weight") { return .recognizer }
        let detector = ["body.conv1.weight", "BboxHead.0.conv1x1.weight"]
        if detector.allSatisfy(has) || detector.allSatisfy({ has("module.\($0)") }) { return .faceDetector }
        return has("cp.resnet.conv1.weight") && has("conv_out.conv_out.weight") ? .faceParser : nil
    }

    private var upscaler: WeightsKind? {
        if has("conv_first.weight"), holds("body.0.rdb1.") || holds("RRDB_trunk.0.RDB1.") { return .upscaler }
        if has("model.0.weight"), holds("model.1.sub.0.RDB1.") { return .upscaler }
        // SwinIR, HAT and DAT; realesr-general-x4v3 and its kin, a row of convolutions and slopes.
        let isTransformer = has("conv_first.weight") && holds("layers.0.") && has("conv_after_body.weight")
        let isCompact = source.shape(of: "body.0.weight")?.count == 4 && source.shape(of: "body.1.weight")?.count == 1
        return isTransformer || isCompact ? .other("an upscaler of another kind than ESRGAN's RRDBNet") : nil
    }

    private var part: WeightsKind? {
        if holds("down_blocks.") || holds("input_blocks.") { return .unet(family("")) }
        for prefix in [Self.unetPrefix, "diffusion_model."] where holds(prefix) { return .unet(family(prefix)) }
        if holds("decoder.layers.") && has("decoder.layers.0.weight") || has("1.weight") && has("3.conv.0.weight") {
            return .other("a tiny autoencoder (TAESD), which only previews")
        }
        if holds("encoder.down") || holds("decoder.up") || holds("first_stage_model.") { return .vae }
        if holds("transformer.resblocks.") { return .textEncoder(.openCLIP) }
        if contains("embeddings.token_embedding.weight") {
            return .textEncoder(has("text_projection.weight") ? .second : .first)
        }
        if ["clip_g", "clip_l"].allSatisfy(has) { return .textualInversion }
        if names == ["clip_g"] || names == ["clip_l"] {
            return .other(
                "a textual inversion for one of SDXL's text encoders alone (clip_l and clip_g belong together)"
            )
        }
        if ["text_encoders_0", "text_encoders_1"].allSatisfy(has) { return .textualInversion }
        let isOlder = has("emb_params") || names.count == 1 && names[0].hasPrefix("<") || holds("string_to_param.")
        return isOlder ? .other("a textual inversion for one text encoder (Stable Diffusion 1 or 2)") : nil
    }

    /// SDXL's UNets are told how large the picture is; the others are not.
    private func family(_ prefix: String) -> WeightsKind.UNetFamily {
        func shape(_ names: String...) -> [Int]? { names.lazy.compactMap { source.shape(of: prefix + $0) }.first }
        let text = names.first { $0.hasPrefix(prefix) && $0.hasSuffix("attn2.to_k.weight") }
        let width = text.flatMap { source.shape(of: $0)?.last } ?? 0
        guard let added = shape("add_embedding.linear_1.weight", "label_emb.0.0.weight") else {
            return .other(width: width)
        }
        let taken = shape("conv_in.weight", "input_blocks.0.0.weight")?.dropFirst().first
        let given = shape("conv_out.weight", "out.2.weight")?.first
        if let taken, taken != given ?? taken || [8, 9].contains(taken) {
            return .otherChannels(taken: taken, given: given ?? 4)
        }
        if let taken, taken == given, taken != 4 { return .otherLatents(channels: taken) }
        if has("\(prefix)time_embedding.cond_proj.weight") { return .guidanceEmbedded }
        if added.last == 2560, width == 1280 { return .refiner }
        let isWhole = shape("conv_out.weight", "out.2.weight") != nil
        let hasMiddle =
            holds("\(prefix)mid_block.attentions.") || holds("\(prefix)middle_block.1.transformer_blocks.")
        return isWhole && !hasMiddle ? .distilled : .sdxl
    }

    private var artifact: WeightsKind? {
        let artifacts: [(String, [String])] = [
            ("identity", ["id", "uncond"]), ("latent", ["latent"]), ("image", ["image"]),
            ("prompt", ["embeds", "negative_embeds", "negative_pooled", "pooled"]),
            ("face", ["aligned", "box", "features", "landmarks", "recognition"]),
        ]
        return artifacts.first { $0.1 == names }.map { .artifact($0.0) }
    }
}

extension WeightsKind.Part {
    /// Of its tensors' names in the layout of SDXL's authors.
    fileprivate var prefix: String {
        switch self {
        case .vae: "first_stage_model."
        case .textEncoder: "conditioner.embedders.0.transformer."
        case .textEncoder2: "conditioner.embedders.1.model."
        }
    }
}
