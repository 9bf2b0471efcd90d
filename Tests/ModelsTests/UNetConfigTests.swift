import Foundation
import Models
import Testing

/// Settings that would silently give another picture are refused by name.
struct UNetConfigTests {
    /// - Parameter settings: before the others, of which the first of a name counts
    private func error(_ settings: String) -> String? {
        let json = """
            {\(settings)"addition_embed_type": "text_time", "addition_time_embed_dim": 8, "attention_head_dim": [1, 2, 4],
             "block_out_channels": [16, 32, 32], "cross_attention_dim": 72, "norm_num_groups": 8,
             "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
             "projection_class_embeddings_input_dim": 88, "transformer_layers_per_block": [1, 1, 2],
             "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"]}
            """
        do {
            _ = try JSONDecoder().decode(UNet2DConditionModel.Config.self, from: Data(json.utf8))
            return nil
        } catch { return "\(error)" }
    }

    @Test func defaultsAndNullsAreAccepted() {
        #expect(error("") == nil)
        #expect(error(#""act_fn": "silu", "class_embed_type": null, "mid_block_only_cross_attention": null,"#) == nil)
        #expect(error(#""only_cross_attention": false, "conv_in_kernel": 3, "resnet_out_scale_factor": 1.0,"#) == nil)
    }

    @Test(arguments: [
        (#""act_fn": "gelu","#, "act_fn: gelu"), (#""act_fn": 0.5,"#, "act_fn: 0.5"),
        (#""resnet_time_scale_shift": "scale_shift","#, "resnet_time_scale_shift: scale_shift"),
        (#""class_embed_type": "timestep","#, "class_embed_type: timestep"),
        (#""only_cross_attention": true,"#, "only_cross_attention: true"),
        (#""conv_in_kernel": 5,"#, "conv_in_kernel: 5.0"),
        (#""time_embedding_dim": [1],"#, "time_embedding_dim: another value"),
    ])
    func otherSettingsAreRefused(settings: String, named: String) {
        #expect(
            error(settings)
                == "the UNet's config.json says \(named), which SDXL does not use and this program does not follow"
        )
    }

    /// What no UNet has, and what others than SDXL's have.
    @Test(arguments: [
        (#""norm_eps": -1"#, "norm_eps is -1.0, but 1e-12 to 0.1 is expected"),
        (#""layers_per_block": 0"#, "layers_per_block is 0, but 1 to 256 are expected"),
        (
            #""transformer_layers_per_block": [1, 1]"#,
            "transformer_layers_per_block is [1, 1], but 3 of 1 to 256 are expected"
        ),
        (
            #""projection_class_embeddings_input_dim": -9223372036854775808"#,
            "projection_class_embeddings_input_dim is -9223372036854775808, but 1 to 1048576 are expected"
        ),
        (
            #""projection_class_embeddings_input_dim": 48"#,
            "projection_class_embeddings_input_dim is 48, but six embeddings of 8 take 48 of it"
        ),
        (#""out_channels": 8"#, "in_channels is 4, but out_channels is 8"),
        (
            #""in_channels": 8"#,
            "in_channels is 8, but out_channels is 4: InstructPix2Pix, which also takes a picture's latent, is not supported"
        ),
        (
            #""in_channels": 9"#,
            "in_channels is 9, but out_channels is 4: inpainting, which also takes a mask and a picture's latent, is not "
                + "supported"
        ),
        (
            #""freq_shift": 4"#,
            "freq_shift is 4.0, but 0 to 1 is expected, and less than half of the narrowest embedding, 4.0"
        ),
        (
            #""up_block_types": ["UpBlock2D"]"#,
            "up_block_types is [\"UpBlock2D\"], but 3 of UpBlock2D or CrossAttnUpBlock2D are expected"
        ),
        (#""norm_num_groups": 3"#, "norm_num_groups is 3, but 16 channels cannot be so many groups"),
        (#""attention_head_dim": 5"#, "attention_head_dim is [5, 5, 5], but 16 channels cannot be 5 heads"),
    ])
    func impossibleSizesAreRefused(setting: String, message: String) {
        #expect(error("\(setting),") == "UNet2DConditionModel: \(message)")
    }
}
