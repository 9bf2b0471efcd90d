import Curriculum
import Diffusion
import Foundation
import Imaging
import Models
import TensorTestSupport
import Tensors
import Training

/// The small networks and inputs of scripts/goldens/pulid_training.py.
struct PuLIDGolden {
    /// Goldens lie beside the folders of tests.
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
    let golden = Golden("pulid_training.safetensors", PuLIDGolden.folder)
    let unet: UNet2DConditionModel
    let vae: AutoencoderKL
    let lossNet: IResNet
    let objective: PuLIDObjective
    let encoder = PuLIDEncoderConfig.v1(
        IDEncoder.Config(idWidth: 14, tokens: 3, features: 5, featureWidth: 6, contextWidth: 12)
    )

    /// - Parameters:
    ///   - landmarks: nil for those of the golden
    ///   - backpropagated: the last steps of a rollout that gradients flow through
    init(landmarks: LandmarkFinder? = nil, backpropagated: Int? = nil) throws {
        func config<Config: Decodable>(_ text: String) throws -> Config {
            try JSONDecoder().decode(Config.self, from: Data(text.utf8))
        }
        unet = try UNet2DConditionModel(
            golden.weights / "unet",
            config: config(
                """
                {"addition_embed_type": "text_time", "addition_time_embed_dim": 4, "attention_head_dim": [1, 2],
                 "block_out_channels": [8, 16], "cross_attention_dim": 12, "layers_per_block": 1,
                 "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D"], "norm_num_groups": 4,
                 "up_block_types": ["CrossAttnUpBlock2D", "UpBlock2D"], "use_linear_projection": true,
                 "projection_class_embeddings_input_dim": 32, "transformer_layers_per_block": [1, 1]}
                """
            )
        )
        vae = try AutoencoderKL(
            golden.weights / "vae",
            config: config(
                """
                {"block_out_channels": [8, 8], "layers_per_block": 1, "norm_num_groups": 4, "scaling_factor": 0.65,
                 "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
                 "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"]}
                """
            )
        )
        lossNet = try IResNet(golden.weights / "loss_net", config: IResNet.Config(golden.weights / "loss_net"))
        let noise = try NoiseSchedule()
        let points = golden["landmarks"].values
        let known = (0..<2).map { face in
            (0..<5).map { i in Point(Double(points[(face * 5 + i) * 2]), Double(points[(face * 5 + i) * 2 + 1])) }
        }
        objective = PuLIDObjective(
            denoisingLoss: DenoisingLoss(unet: unet, noise: noise, weighting: NoiseWeighting()),
            identityLoss: IdentityLoss(lossNet: lossNet, vae: vae, landmarks: landmarks ?? { _ in known }),
            alignmentLoss: AlignmentLoss(),
            rollout: try LightningRollout(unet: unet, noise: noise, backpropagated: backpropagated),
            identityWeight: 0.7
        )
    }

    /// What is trained, at its start.
    func weights(changed: [String: Tensor] = [:]) throws -> TrainableWeights {
        var start: [String: Tensor] = [:]
        for name in golden.file.tensorNames where name.hasPrefix("start.") {
            start[String(name.dropFirst(6))] = golden[name]
        }
        return TrainableWeights(
            name: "PuLID",
            from: GivenWeights(name: "start", start.merging(changed) { $1 }),
            seed: nil
        )
    }

    func network(_ weights: TrainableWeights) throws -> PuLIDNetwork {
        try PuLIDNetwork(Weights(weights), config: encoder, unet: unet)
    }

    // MARK: - Inputs

    var denoising: DenoisingBatch {
        DenoisingBatch(
            latents: golden["latents"].channelsLast(),
            noise: golden["denoising.noise"].channelsLast(),
            timesteps: golden["timesteps"].values.map { Int($0) },
            prompts: prompts("denoising"),
            photos: photos("denoising")
        )
    }

    func rollout(_ kind: String) -> RolloutBatch {
        RolloutBatch(
            noise: golden["\(kind).noise"].channelsLast(),
            prompts: prompts(kind),
            photos: photos(kind),
            jitters: jitters
        )
    }

    var jitters: [CropJitter] {
        let (shifts, scales, blurs) = (golden["shifts"].values, golden["scales"].values, golden["blurs"].values)
        return (0..<2).map { i in
            var jitter = CropJitter()
            jitter.shift = Point(Double(shifts[2 * i]), Double(shifts[2 * i + 1]))
            jitter.scale = Double(scales[i])
            jitter.blur = blurs[i]
            return jitter
        }
    }

    func prompts(_ kind: String) -> PromptBatch {
        let sizes = golden["\(kind).time_ids"].values
        return PromptBatch(
            embeds: golden["\(kind).embeds"],
            pooled: golden["\(kind).pooled"],
            timeIDs: stride(from: 0, to: sizes.count, by: 6).map { Array(sizes[$0..<$0 + 6]) }
        )
    }

    func photos(_ kind: String) -> IdentityPhoto {
        IdentityPhoto(
            vector: golden["\(kind).vector"],
            hiddenStates: (0..<5).map { golden["\(kind).hidden.\($0)"] },
            likeness: golden["\(kind).likeness"]
        )
    }
}
