import Checkpoints
import Foundation
import Models
import Synchronization
import Tensors

/// The names and shapes of all tensors of SDXL's networks at their full size, without numbers: what a LoRA that is made for
/// SDXL changes.
final class SDXLOutline: WeightSource {
    let name = "SDXL"
    private let shapes: [String: [Int]]

    /// - Throws: never for the settings that are written here
    init(_ network: LoRAFile.Network) throws {
        let recorder = try Recorder()
        switch network {
        case .unet:
            _ = try UNet2DConditionModel(
                Weights(recorder),
                config: JSONDecoder().decode(UNet2DConditionModel.Config.self, from: Data(Self.unet.utf8))
            )
        case .textEncoder: _ = try CLIPTextModel(Weights(recorder), config: CLIPTextConfig())
        case .textEncoder2:
            let config = try CLIPTextConfig(
                hiddenSize: 1280,
                intermediateSize: 5120,
                projectionDim: 1280,
                numHiddenLayers: 32,
                numAttentionHeads: 20,
                hiddenAct: .gelu
            )
            _ = try CLIPTextModelWithProjection(Weights(recorder), config: config)
        }
        shapes = recorder.shapes
    }

    var tensorNames: [String] { shapes.keys.sorted() }
    func shape(of name: String) -> [Int]? { shapes[name] }

    func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
        throw WeightsError.missing(name: name, source: self.name, nearest: nil)
    }

    /// stabilityai/stable-diffusion-xl-base-1.0: unet/config.json
    private static let unet = """
        {"addition_embed_type": "text_time", "addition_time_embed_dim": 256, "attention_head_dim": [5, 10, 20],
         "block_out_channels": [320, 640, 1280], "cross_attention_dim": 2048,
         "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
         "layers_per_block": 2, "projection_class_embeddings_input_dim": 2816,
         "transformer_layers_per_block": [1, 2, 10],
         "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"], "use_linear_projection": true}
        """

    /// Notes what is asked for.
    private final class Recorder: WeightSource {
        let name = "SDXL"
        let tensorNames: [String] = []
        private let asked = Mutex<[String: [Int]]>([:])
        private let zeros: ZeroPages

        init() throws { zeros = try ZeroPages(bytes: 2 * 49408 * 1280, for: "SDXL") }

        var shapes: [String: [Int]] { asked.withLock { $0 } }
        func shape(of name: String) -> [Int]? { nil }

        func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor {
            asked.withLock { $0[name] = shape }
            return zeros.tensor(shape)
        }
    }
}
