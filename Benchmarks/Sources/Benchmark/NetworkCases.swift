import Foundation
import Models
import Tensors

/// Whole networks: one call of the UNet, decoding by the VAE, and a training step.
struct NetworkCases {
    let weights: RandomWeights
    let size: PictureSize
    let withIdentity: Bool
    /// A whole model for peers that cannot load a network alone; the weights' values do not matter.
    let model: String

    var all: [BenchmarkCase] { [unetCall, vaeDecode] + (size == .tiny ? trainingSteps : []) }

    private var latent: Int { size.pixels / (size.isFull ? 8 : 4) }

    // MARK: - UNet

    private var unetCall: BenchmarkCase {
        let settings = size.isFull ? UNetSettings.sdxl : .tiny
        return BenchmarkCase(
            group: .unet,
            name: "UNet, one call, \(size.pixels)x\(size.pixels)" + (withIdentity ? ", with identity" : ""),
            task: [
                "kind": "unet", "config": .string(settings.json), "weights": .string(unetFile(settings)),
                "identity_weights": .string(withIdentity ? identityFile(settings) : ""), "side": .int(latent),
                "model": .string(model),
            ]
        ) {
            let unet = try weights.network(settings.name) { try settings.unet($0) }
            let identities = try identities(for: unet, settings)
            let call = UNetCall(unet, side: latent, batch: 1, settings)
            // What depends on the prompt and the identity alone is made once for all steps.
            let text = unet.conditioning(context: call.context)
            return measured { call(text, identities: identities) }
        }
    }

    private func unetFile(_ settings: UNetSettings) -> String { weights.path(settings.name) }
    private func identityFile(_ settings: UNetSettings) -> String { weights.path("\(settings.name)-identity") }

    private func identities(for unet: UNet2DConditionModel, _ settings: UNetSettings) throws -> [IDConditioning] {
        guard withIdentity else { return [] }
        let adapter = try weights.network("\(settings.name)-identity") {
            try IDAdapter($0 / "id_adapter_attn_layers", unet: unet)
        }
        let tokens = input([1, 10, unet.config.crossAttentionDim])
        return [adapter.conditioning(tokens: tokens, scale: 0.8, numZero: 8, ortho: .v2)].compactMap(\.self)
    }

    // MARK: - VAE

    private var vaeDecode: BenchmarkCase {
        let (widths, layers, groups) = size.isFull ? ([128, 256, 512, 512], 2, 32) : ([16, 32, 64], 1, 8)
        let name = size.isFull ? "sdxl-vae" : "tiny-vae"
        return BenchmarkCase(
            group: .vae,
            name: "VAE decode, \(size.pixels)x\(size.pixels)",
            task: [
                "kind": "vae", "widths": .string("\(widths)"), "layers": .int(layers),
                "groups": .int(groups), "weights": .string(weights.path(name)), "side": .int(latent),
                "model": .string(model),
            ]
        ) {
            let config = try AutoencoderKL.Config(
                blockOutChannels: widths,
                layersPerBlock: layers,
                normNumGroups: groups
            )
            let vae = try weights.network(name) { try AutoencoderKL($0, config: config) }
            let z = input([1, 4, latent, latent])
            return measured { vae.decode(z) }
        }
    }

    // MARK: - Training

    private var trainingSteps: [BenchmarkCase] {
        [UNetSettings.tiny, .small].flatMap { settings in
            [16, 32].map { batch in
                BenchmarkCase(
                    group: .training,
                    name: "UNet \(settings.widths), forward and backward, batch \(batch) of 16x16 latents",
                    task: [
                        "kind": "training", "config": .string(settings.json), "weights": .string(unetFile(settings)),
                        "side": 16, "batch": .int(batch),
                    ]
                ) {
                    let file = try weights.file(settings.name) { try settings.unet($0) }
                    let tracked = try TrackedWeights(file)
                    let unet = try settings.unet(Weights(tracked))
                    let call = UNetCall(unet, side: 16, batch: batch, settings)
                    let target = input([batch, 16, 16, 4])
                    return {
                        let error = call(unet.conditioning(context: call.context)) - target
                        _ = gradients(of: (error * error).mean(), for: tracked.leaves)
                        return .init()
                    }
                }
            }
        }
    }
}

/// A UNet with everything that one call of it needs.
private struct UNetCall {
    let unet: UNet2DConditionModel
    let sample: Tensor
    let context: Tensor
    let added: UNet2DConditionModel.AddedConditions

    init(_ unet: UNet2DConditionModel, side: Int, batch: Int, _ settings: UNetSettings) {
        self.unet = unet
        sample = input([batch, side, side, 4])
        context = input([batch, 77, unet.config.crossAttentionDim])
        let pixels = Float(side * 8)
        added = .init(
            textEmbeds: input([batch, unet.config.pooledTextDim]),
            timeIDs: Array(repeating: [pixels, pixels, 0, 0, pixels, pixels], count: batch)
        )
    }

    func callAsFunction(_ text: TextConditioning, identities: [IDConditioning] = []) -> Tensor {
        unet(sample, timestep: 500, text: text, added: added, identities: identities)
    }
}
