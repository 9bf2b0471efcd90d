import Foundation
import Kernels
import Models
import Synchronization
import Tensors
import Testing

/// The networks at SDXL's full size ask for exactly the parameters that the published models have.
struct FullSizeTests {
    /// A source that counts what is asked for and hands out zeros that take no memory until they are touched.
    final class CountingWeights: WeightSource {
        let name = "counting"
        let tensorNames: [String] = []
        private let zeros = ZeroPages(count: 10240 * 1280 * 4)
        private let counted = Mutex<[String: Int]>([:])

        var parameters: Int { counted.withLock { $0.values.reduce(0, +) } }
        func names(where isMeant: (String) -> Bool) -> Int { counted.withLock { $0.keys.filter(isMeant).count } }
        func shape(of name: String) -> [Int]? { nil }

        func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
            let count = shape.reduce(1, *)
            counted.withLock { $0[name] = count }
            return count <= zeros.count
                ? Tensor(borrowing: StoredFloats(zeros.base), shape: shape, owner: zeros) : Tensor.zeros(shape)
        }
    }

    final class ZeroPages: @unchecked Sendable {
        let count: Int
        let base: UnsafePointer<Float>

        init(count: Int) {
            self.count = count
            base = UnsafePointer(calloc(count, MemoryLayout<Float>.size).assumingMemoryBound(to: Float.self))
        }

        deinit { free(UnsafeMutableRawPointer(mutating: base)) }
    }

    /// stabilityai/stable-diffusion-xl-base-1.0: unet/config.json
    private let unetConfig = """
        {"addition_embed_type": "text_time", "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20],
         "block_out_channels": [320, 640, 1280], "cross_attention_dim": 2048,
         "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
         "layers_per_block": 2, "projection_class_embeddings_input_dim": 2816,
         "transformer_layers_per_block": [1, 2, 10],
         "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "use_linear_projection": true}
        """

    @Test func unetAndItsIdentityAdapter() throws {
        let counting = CountingWeights()
        let unet = try UNet2DConditionModel(
            Weights(counting),
            config: JSONDecoder().decode(UNet2DConditionModel.Config.self, from: Data(unetConfig.utf8))
        )
        #expect(counting.parameters == 2_567_463_684)

        let pulid = CountingWeights()
        _ = try IDAdapter(Weights(pulid) / "id_adapter_attn_layers", unet: unet)
        #expect(pulid.names { $0.hasSuffix("id_to_k.weight") } == 70)
        _ = try IDEncoder(Weights(pulid) / "id_adapter", config: IDEncoder.Config())
        #expect(pulid.parameters / 10_000 == 39_567)
    }

    @Test func vae() throws {
        let counting = CountingWeights()
        _ = try AutoencoderKL(
            Weights(counting),
            config: AutoencoderKL.Config(blockOutChannels: [128, 256, 512, 512], layersPerBlock: 2)
        )
        #expect(counting.parameters == 83_653_863)
    }

    @Test func textEncoders() throws {
        func config(_ json: String) throws -> CLIPTextConfig {
            try JSONDecoder().decode(CLIPTextConfig.self, from: Data(json.utf8))
        }
        let first = CountingWeights()
        _ = try CLIPTextModel(
            Weights(first),
            config: config(
                """
                {"hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12,
                 "vocab_size": 49408, "hidden_act": "quick_gelu", "projection_dim": 768, "eos_token_id": 2}
                """
            )
        )
        #expect(first.parameters == 123_060_480)
        let second = CountingWeights()
        _ = try CLIPTextModelWithProjection(
            Weights(second),
            config: config(
                """
                {"hidden_size": 1280, "intermediate_size": 5120, "num_attention_heads": 20, "num_hidden_layers": 32,
                 "vocab_size": 49408, "hidden_act": "gelu", "projection_dim": 1280, "eos_token_id": 2}
                """
            )
        )
        #expect(second.parameters == 694_659_840)
    }
}
