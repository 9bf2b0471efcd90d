import Foundation
import Models
import Tensors

/// The sizes of a UNet, as its config.json tells them to this project and to diffusers.
struct UNetSettings {
    let name: String
    let widths: [Int]
    let heads: [Int]
    let transformerLayers: [Int]
    let crossAttention: Int
    let timeEmbedding: Int
    let pooledText: Int
    let groups: Int

    /// stabilityai/stable-diffusion-xl-base-1.0
    static let sdxl = UNetSettings(
        name: "sdxl-unet",
        widths: [320, 640, 1280],
        heads: [5, 10, 20],
        transformerLayers: [1, 2, 10],
        crossAttention: 2048,
        timeEmbedding: 256,
        pooledText: 1280,
        groups: 32
    )
    /// The embedded model's.
    static let tiny = UNetSettings(
        name: "tiny-unet",
        widths: [16, 32, 64],
        heads: [1, 2, 4],
        transformerLayers: [1, 1, 2],
        crossAttention: 112,
        timeEmbedding: 16,
        pooledText: 64,
        groups: 8
    )
    /// Twice as wide, a size that a laptop trains.
    static let small = UNetSettings(
        name: "small-unet",
        widths: [32, 64, 96],
        heads: [2, 4, 6],
        transformerLayers: [1, 1, 2],
        crossAttention: 112,
        timeEmbedding: 16,
        pooledText: 64,
        groups: 8
    )

    var json: String {
        """
        {"_class_name": "UNet2DConditionModel", "addition_embed_type": "text_time", "flip_sin_to_cos": true,
        "addition_time_embed_dim": \(timeEmbedding), "attention_head_dim": \(heads), "block_out_channels": \(widths),
        "cross_attention_dim": \(crossAttention), "layers_per_block": 2, "norm_num_groups": \(groups),
        "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
        "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
        "projection_class_embeddings_input_dim": \(pooledText + 6 * timeEmbedding),
        "transformer_layers_per_block": \(transformerLayers), "use_linear_projection": true}
        """
    }

    func unet(_ w: Weights) throws -> UNet2DConditionModel {
        try UNet2DConditionModel(
            w,
            config: JSONDecoder().decode(UNet2DConditionModel.Config.self, from: Data(json.utf8))
        )
    }
}
