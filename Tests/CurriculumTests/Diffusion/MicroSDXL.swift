import Checkpoints
import Curriculum
import Diffusion
import Foundation
import Imaging
import Models
import TensorTestSupport
import Tensors
import World

/// SDXL with 8 channels: the networks of text_to_image.safetensors, for pictures of 16 x 16 pixels.
struct MicroSDXL {
    let config: SDXLNetworks.Config
    let vae: AutoencoderKL
    let noise: NoiseSchedule

    init() throws {
        let folder = goldenFolder + "/sdxl"
        config = try SDXLNetworks.Config(
            unet: try Self.decoded(
                """
                {"block_out_channels": [8, 8], "layers_per_block": 1, "norm_num_groups": 4,
                 "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"],
                 "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"], "transformer_layers_per_block": [1, 1],
                 "attention_head_dim": [1, 2], "cross_attention_dim": 20, "addition_embed_type": "text_time",
                 "addition_time_embed_dim": 4, "projection_class_embeddings_input_dim": 32,
                 "use_linear_projection": true}
                """
            ),
            textEncoder: try Self.decoded(
                """
                {"vocab_size": 659, "hidden_size": 8, "intermediate_size": 16, "projection_dim": 8,
                 "num_hidden_layers": 2, "num_attention_heads": 1, "hidden_act": "quick_gelu", "eos_token_id": 2}
                """
            ),
            textEncoder2: try Self.decoded(
                """
                {"vocab_size": 659, "hidden_size": 12, "intermediate_size": 24, "projection_dim": 8,
                 "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_act": "gelu", "eos_token_id": 2}
                """
            ),
            tokenizer: try CLIPTokenizer(folder: folder + "/tokenizer"),
            tokenizer2: try CLIPTokenizer(folder: folder + "/tokenizer_2")
        )
        let vaeConfig: AutoencoderKL.Config = try Self.decoded(
            """
            {"block_out_channels": [8, 8, 8], "layers_per_block": 1, "norm_num_groups": 4, "scaling_factor": 1.5,
             "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
             "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
            """
        )
        vae = try AutoencoderKL(Weights(FreshWeights(name: "vae", seed: 4)), config: vaeConfig)
        noise = try NoiseSchedule()
    }

    var pictures: CaptionedLatents {
        CaptionedLatents(
            pictures: WorldDataset(.base, size: 16, seed: 5, count: 24),
            vae: vae,
            tokenizer: config.tokenizer,
            tokenizer2: config.tokenizer2
        )
    }

    private static func decoded<Config: Decodable>(_ text: String) throws -> Config {
        try JSONDecoder().decode(Config.self, from: Data(text.utf8))
    }
}
