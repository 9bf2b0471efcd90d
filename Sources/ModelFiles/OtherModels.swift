import Tensors

/// Models of other families than SDXL's, told by what only their layers are called.
enum OtherModels {
    /// The first whose mark a name has at its start or behind a dot.
    ///
    /// - Parameter names: of a network's tensors
    static func network(among names: [String]) -> WeightsKind? {
        networks.first { model in
            names.contains { name in model.marks.contains { name.hasPrefix($0) || name.contains(".\($0)") } }
        }?.kind
    }

    private static let networks: [(marks: [String], kind: WeightsKind)] = [
        (["distilled_guidance_layer."], .otherModel("Chroma")),
        (["double_blocks.", "single_transformer_blocks."], .otherModel("FLUX")),
        (["joint_blocks.", "norm1_context."], .otherModel("Stable Diffusion 3")),
        (["img_mod."], .otherModel("Qwen-Image")),
        (["noise_refiner.", "context_refiner."], .otherModel("Lumina 2, Z-Image or their kin")),
        (["double_layers."], .otherModel("AuraFlow (Pony 7 and its kin)")),
        (["ff.conv_inverted."], .otherModel("SANA")),
        (["adaln_single."], .otherModel("PixArt")),
        (["mlp_t5."], .otherModel("Hunyuan-DiT")),
        (["self_attn.norm_q.", "blocks.0.cross_attn."], .otherModel("Wan")),
        (["channelwise.0."], .otherModel("Stable Cascade")),
        (["encoder_hid_proj.weight"], .otherModel("Kolors (its text is ChatGLM's)")),
        (["control_model.", "controlnet_", "zero_convs."], .other("a ControlNet")),
        (["motion_modules."], .other("AnimateDiff's motion modules")),
        (["adapter.body.", "adapter.conv_in."], .other("a T2I-Adapter")),
        (["encoder.block.0.layer.0.SelfAttention."], .other("T5, the text encoder of Stable Diffusion 3 and FLUX")),
    ]

    /// Whose LoRA it is, where it is not SDXL's.
    ///
    /// - Parameter source: a LoRA's tensors
    static func lora(_ source: any WeightSource) -> String? {
        let names = source.tensorNames
        let flat = names.map { $0.replacing(".", with: "_") }
        if let known = loras.first(where: { model in flat.contains { $0.contains(model.mark) } }) { return known.model }
        let text = names.filter { name in textLayers.contains { name.contains($0) } && isDown(name) }
        return text.lazy.compactMap { source.shape(of: $0)?.dropFirst().first }.compactMap { widths[$0] }.first
    }

    private static let loras: [(mark: String, model: String)] = [
        ("double_blocks_", "FLUX"), ("single_blocks_", "FLUX"), ("single_transformer_blocks_", "FLUX"),
        ("joint_blocks_", "Stable Diffusion 3"), ("img_mod_", "Qwen-Image"),
        ("add_k_proj", "Stable Diffusion 3 or Qwen-Image"), ("double_layers_", "AuraFlow (Pony 7 and its kin)"),
        ("_attention_to_", "Lumina 2, Z-Image or their kin"), ("_attention_qkv", "Lumina 2, Z-Image or their kin"),
        ("_cross_attn_", "Wan"), ("motion_modules_", "AnimateDiff"), ("lora_prior_unet_", "Stable Cascade"),
    ]

    /// The UNet's layers that see the text.
    private static let textLayers = [
        "attn2_to_k.", "attn2.to_k.", "attn2.processor.to_k_lora.", "attn2_to_v.", "attn2.to_v.",
    ]
    private static let widths = [
        768: "Stable Diffusion 1", 1024: "Stable Diffusion 2", 1280: "the SDXL refiner",
    ]

    private static func isDown(_ name: String) -> Bool {
        ["lora_down.weight", "lora_A.weight", "lora.down.weight"].contains(where: name.hasSuffix)
    }
}
