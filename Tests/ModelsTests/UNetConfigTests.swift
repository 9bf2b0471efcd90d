import Foundation
import Models
import Testing

/// Settings that would silently give another picture are refused by name.
struct UNetConfigTests {
    private func error(_ settings: String) -> String? {
        let json = """
            {"addition_embed_type": "text_time", "addition_time_embed_dim": 8, "attention_head_dim": [1, 2, 4],
             "block_out_channels": [16, 32, 32], "cross_attention_dim": 72, "norm_num_groups": 8,
             "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
             "projection_class_embeddings_input_dim": 88, "transformer_layers_per_block": [1, 1, 2],
             "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]\(settings)}
            """
        do {
            _ = try JSONDecoder().decode(UNet2DConditionModel.Config.self, from: Data(json.utf8))
            return nil
        } catch { return "\(error)" }
    }

    @Test func defaultsAndNullsAreAccepted() {
        #expect(error("") == nil)
        #expect(error(#", "act_fn": "silu", "class_embed_type": null, "mid_block_only_cross_attention": null"#) == nil)
        #expect(error(#", "only_cross_attention": false, "conv_in_kernel": 3, "resnet_out_scale_factor": 1.0"#) == nil)
    }

    @Test(arguments: [
        (#", "act_fn": "gelu""#, "act_fn: gelu"), (#", "act_fn": 0.5"#, "act_fn: 0.5"),
        (#", "resnet_time_scale_shift": "scale_shift""#, "resnet_time_scale_shift: scale_shift"),
        (#", "class_embed_type": "timestep""#, "class_embed_type: timestep"),
        (#", "only_cross_attention": true"#, "only_cross_attention: true"),
        (#", "conv_in_kernel": 5"#, "conv_in_kernel: 5.0"),
        (#", "time_embedding_dim": [1]"#, "time_embedding_dim: another value"),
    ])
    func otherSettingsAreRefused(settings: String, named: String) {
        #expect(
            error(settings)
                == "the UNet's config.json says \(named), which SDXL does not use and this program does not follow"
        )
    }

    @Test func impossibleSizesAreRefused() {
        #expect(error(#", "norm_eps": -1"#) == "the UNet's config.json cannot be right: norm_eps is -1.0")
        #expect(
            error(#", "layers_per_block": 0"#)
                == "the UNet's config.json cannot be right: a size is missing or out of range"
        )
    }
}
