import Checkpoints
import Diffusion
import EngineTestSupport
import Foundation
import ModelFiles
import TensorTestSupport
import Tensors
import Testing

/// Files are named for what they are, by the names of their tensors.
struct WeightsKindTests {
    static let unet = "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight"
    static let attention = "down_blocks_1_attentions_0_transformer_blocks_0"
    static let sdxl = [
        "model.diffusion_model.input_blocks.0.0.weight", "model.diffusion_model.label_emb.0.0.weight",
        "first_stage_model.encoder.conv_in.weight",
        "conditioner.embedders.0.transformer.text_model.final_layer_norm.weight",
        "conditioner.embedders.1.model.ln_final.weight",
    ]

    static let kinds: [(names: [String: [Int]], kind: WeightsKind)] = [
        (Dictionary(uniqueKeysWithValues: sdxl.map { ($0, [1]) }), .sdxl),
        ([unet: [640, 2048], "add_embedding.linear_1.weight": [1280, 2816]], .unet(.sdxl)),
        (["input_blocks.0.0.weight": [320, 4, 3, 3], "label_emb.0.0.weight": [1280, 2816]], .unet(.sdxl)),
        (
            [
                "model.diffusion_model.input_blocks.0.0.weight": [320, 9, 3, 3],
                "model.diffusion_model.label_emb.0.0.weight": [1],
            ],
            .unet(.otherChannels(taken: 9, given: 4))
        ),
        (
            [unet: [640, 2048], "conv_in.weight": [320, 8, 3, 3], "add_embedding.linear_1.weight": [1280, 2816]],
            .unet(.otherChannels(taken: 8, given: 4))
        ),
        ([unet: [320, 768]], .unet(.other(width: 768))),
        (
            [
                unet: [640, 2048], "conv_in.weight": [320, 16, 3, 3], "conv_out.weight": [16, 320, 3, 3],
                "add_embedding.linear_1.weight": [1280, 2816],
            ],
            .unet(.otherLatents(channels: 16))
        ),
        (
            Dictionary(uniqueKeysWithValues: sdxl[2...].map { ($0, [1]) }),
            .checkpointParts([.vae, .textEncoder, .textEncoder2])
        ),
        (
            Dictionary(uniqueKeysWithValues: sdxl[3...].map { ($0, [1]) }),
            .checkpointParts([.textEncoder, .textEncoder2])
        ),
        (
            ["conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight": [1]],
            .textEncoder(.first)
        ),
        (["encoder.down_blocks.0.resnets.0.conv1.weight": [1]], .vae),
        (["first_stage_model.decoder.conv_in.weight": [1]], .vae),
        (["decoder.up.0.block.0.conv1.weight": [1]], .vae),
        (["text_model.embeddings.token_embedding.weight": [1]], .textEncoder(.first)),
        (["embeddings.token_embedding.weight": [1], "text_projection.weight": [1]], .textEncoder(.second)),
        (["transformer.resblocks.0.attn.in_proj_weight": [1]], .textEncoder(.openCLIP)),
        (["lora_unet_mid_block_attentions_0_proj_in.lora_up.weight": [1]], .lora),
        (["unet.mid_block.attentions.0.proj_in.lora_A.weight": [1]], .lora),
        (
            [
                "unet.down_blocks.0.lora_A.weight": [1],
                "text_encoder.text_model.encoder.layers.0.mlp.fc1.lora_A.weight": [1],
            ], .lora
        ),
        (
            [
                "unet.conv_in.weight": [1], "unet.down_blocks.0.resnets.0.conv1.weight": [1],
                "vae.decoder.conv_in.weight": [1],
            ],
            .other("networks of diffusers in one file, which are a folder's (save_pretrained writes it)")
        ),
        (["unet.down_blocks.1.attentions.0.attn1.processor.to_q_lora.down.weight": [1]], .lora),
        (["id_adapter.body.0.weight": [1], "id_adapter_attn_layers.1.id_to_k.weight": [1]], .pulid(.v1)),
        (["id_adapter.latents": [1], "id_adapter_attn_layers.1.id_to_k.weight": [1]], .pulid(.v1_1)),
        (["id_adapter_attn_layers.1.id_to_k.weight": [1]], .pulid(.attentionOnly)),
        (
            [
                "visual.patch_embed.proj.weight": [1], "visual.blocks.0.mlp.w1.weight": [1],
                "text.positional_embedding": [1],
            ], .evaCLIP
        ),
        (["layer1.0.prelu.weight": [1], "fc.weight": [1]], .recognizer),
        (["module.body.conv1.weight": [1], "module.BboxHead.0.conv1x1.weight": [1]], .faceDetector),
        (["cp.resnet.conv1.weight": [1], "conv_out.conv_out.weight": [1]], .faceParser),
        (["id": [1, 5, 8], "uncond": [1, 5, 8]], .artifact("identity")),
        (["latent": [1, 4, 8, 8]], .artifact("latent")),
        (["embeds": [1], "negative_embeds": [1], "negative_pooled": [1], "pooled": [1]], .artifact("prompt")),
        (["lora_unet_x.hada_w1_a": [1]], .lora), (["lycoris_mid_block_x.on_input": [1]], .lora),
        (["diffusion_model.middle_block.1.proj_in.diff": [1]], .lora),
        (["down_blocks.1.x.lora_A.weight": [1]], .lora), (["oft_unet_x.oft_blocks": [1]], .lora),
        (["clip_l": [1, 768], "clip_g": [1, 1280]], .textualInversion),
        (["text_encoders_0": [1, 768], "text_encoders_1": [1, 1280]], .textualInversion),
        (["lora_unet_\(attention)_attn2_to_k.lora_down.weight": [4, 2048]], .lora),
        (["lora_unet_\(attention)_attn2_to_k.lora_down.weight": [4, 768]], .otherLoRA("Stable Diffusion 1")),
        (["lora_unet_\(attention)_attn2_to_k.lora_down.weight": [4, 1024]], .otherLoRA("Stable Diffusion 2")),
        (["lora_unet_\(attention)_attn2_to_k.lora_down.weight": [4, 1280]], .otherLoRA("the SDXL refiner")),
        (["lora_unet_double_blocks_0_img_attn_proj.lora_down.weight": [4, 8]], .otherLoRA("FLUX")),
        (["transformer.single_transformer_blocks.0.attn.to_k.lora_A.weight": [4, 8]], .otherLoRA("FLUX")),
        (
            ["transformer_blocks.0.attn.add_k_proj.lora_down.weight": [4, 8]],
            .otherLoRA("Stable Diffusion 3 or Qwen-Image")
        ),
        (["diffusion_model.blocks.0.cross_attn.k.lora_A.weight": [4, 8]], .otherLoRA("Wan")),
        (
            ["diffusion_model.layers.0.attention.to_q.lora_A.weight": [4, 8]],
            .otherLoRA("Lumina 2, Z-Image or their kin")
        ),
        (
            ["down_blocks.0.motion_modules.0.attention_blocks.0.processor.to_q_lora.down.weight": [4, 8]],
            .otherLoRA("AnimateDiff")
        ),
        (["lora_prior_unet_down_blocks_1_attn1_to_k.lora_down.weight": [4, 8]], .otherLoRA("Stable Cascade")),
        (
            ["clip_g": [1, 1280]],
            .other("a textual inversion for one of SDXL's text encoders alone (clip_l and clip_g belong together)")
        ), (["x": [1]], .unknown), ([:], .unknown),
    ]

    @Test(arguments: kinds) func areTold(_ names: [String: [Int]], _ kind: WeightsKind) {
        #expect(WeightsKind(Names(names)) == kind)
    }

    static let others: [(name: String, text: String)] = [
        (
            "cond_stage_model.transformer.text_model.x.weight",
            "Stable Diffusion 1 (one text encoder, cross-attention 768)"
        ),
        ("cond_stage_model.model.ln_final.weight", "Stable Diffusion 2 (OpenCLIP's text encoder alone)"),
        ("conditioner.embedders.0.model.ln_final.weight", "the SDXL refiner"),
        ("model.diffusion_model.double_blocks.0.img_attn.qkv.weight", "FLUX"),
        ("joint_blocks.0.x.weight", "Stable Diffusion 3"),
        ("transformer_blocks.0.norm1_context.linear.weight", "Stable Diffusion 3"),
        ("distilled_guidance_layer.in_proj.weight", "Chroma"),
        ("transformer_blocks.0.img_mod.1.weight", "Qwen-Image"),
        ("model.diffusion_model.noise_refiner.0.attention.qkv.weight", "Lumina 2, Z-Image or their kin"),
        ("blocks.0.cross_attn.k.weight", "Wan"), ("mlp_t5.0.weight", "Hunyuan-DiT"),
        ("transformer_blocks.0.ff.conv_inverted.weight", "SANA"),
        ("down_blocks.0.0.channelwise.0.weight", "Stable Cascade"),
        ("encoder_hid_proj.weight", "Kolors (its text is ChatGLM's)"),
        ("down_blocks.0.motion_modules.0.temporal_transformer.norm.weight", "AnimateDiff's motion modules"),
        ("adapter.body.0.resnets.0.block1.weight", "a T2I-Adapter"),
        ("ip_adapter.0.to_q_lora.down.weight", "an IP-Adapter"),
        ("lora_controlnet", "a Control-LoRA, which is a ControlNet"),
        ("lllite_unet_input_blocks_4_1_attn1_to_q.down.0.weight", "a ControlNet-LLLite"),
        ("encoder.block.0.layer.0.SelfAttention.q.weight", "T5, the text encoder of Stable Diffusion 3 and FLUX"),
        ("<cat>", "a textual inversion for one text encoder (Stable Diffusion 1 or 2)"),
        ("pulid_ca.0.to_q.weight", "PuLID for FLUX"), ("image_proj.latents", "an IP-Adapter"),
        ("control_model.input_blocks.0.0.weight", "a ControlNet"),
        ("vision_model.embeddings.class_embedding", "CLIP's image encoder (PuLID's is EVA02-CLIP)"),
        ("emb_params", "a textual inversion for one text encoder (Stable Diffusion 1 or 2)"),
    ]

    @Test(arguments: others) func othersAreNamed(_ name: String, _ text: String) {
        let kind = WeightsKind(Names([name: [1]]))
        #expect("\(kind)" == text)
        #expect(kind.place == nil)
    }

    /// Files that the official libraries wrote.
    @Test(arguments: [
        ("sdxl/unet/diffusion_pytorch_model.safetensors", WeightsKind.unet(.sdxl)),
        ("sdxl/vae/diffusion_pytorch_model.safetensors", .vae),
        ("sdxl/text_encoder/model.safetensors", .textEncoder(.first)),
        ("sdxl/text_encoder_2/model.safetensors", .textEncoder(.second)),
        ("pulid_attention.safetensors", .pulid(.attentionOnly)),
        ("identity.safetensors", .artifact("identity")),
    ])
    func goldensAreTold(_ file: String, _ kind: WeightsKind) throws {
        #expect(try WeightsKind(WeightFile.open("\(goldenFolder)/\(file)")) == kind)
    }

    @Test func theErrorSaysWhereItGoes() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/lora.safetensors"
        var writer = SafetensorsWriter()
        writer.add("lora_unet_x.lora_up.weight", .zeros([2, 2]))
        try writer.write(to: path)
        let error = #expect(throws: WeightsError.self) {
            try OpenFiles().require(path, expected: "a VAE") { $0 == .vae }
        }
        #expect(error.map { "\($0)" } == "\(path): this is a LoRA; name it as `loras:` of load_sdxl; expected a VAE")
        try OpenFiles().require(path, expected: "a LoRA") { $0 == .lora }
    }

    @Test func notesOnNoiseAreRead() throws {
        let folder = try TemporaryFolder()
        func markers(_ notes: [String: Tensor]) throws -> NoiseMarkers {
            var writer = SafetensorsWriter()
            for (name, tensor) in notes { writer.add(name, tensor) }
            try writer.write(to: folder("notes.safetensors"))
            return try NoiseMarkers(WeightFile.open(folder("notes.safetensors")))
        }
        let empty = Tensor([], shape: [0])
        let velocity = try markers(["v_pred": empty, "ztsnr": empty])
        #expect(velocity.predictsVelocity && velocity.endsInNoiseAlone && velocity.edm == nil)
        // One counts only where the velocity is predicted, which another may say.
        #expect(try markers(["ztsnr": empty]).lines[0].contains("with prediction: velocity alone"))
        let cosXL = try markers(["edm_vpred.sigma_max": Tensor([40], shape: [1]), "v_pred": empty])
        #expect(cosXL.edm == .cosXL(sigmaMax: 40))
        let four = Tensor(repeating: 1, shape: [4])
        #expect(try markers(["edm_mean": four, "edm_std": four]).edm == EDMConfiguration())
        #expect(try markers(["x": four]).lines == [])
    }
}

/// Names and shapes without numbers.
private final class Names: WeightSource {
    private let shapes: [String: [Int]]

    init(_ shapes: [String: [Int]]) { self.shapes = shapes }

    var name: String { "names" }
    var tensorNames: [String] { shapes.keys.sorted() }
    func shape(of name: String) -> [Int]? { shapes[name] }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        throw WeightsError.missing(name: name, source: self.name, nearest: nil)
    }
}
