import Checkpoints
import Graph
import Kernels
import ModelFiles
import Models
import Tensors

/// PuLID's own weights and the vision tower they were trained with.
public struct PuLIDModel: ModelReference {
    public static let kind = "PuLID model"

    let files: [String: ModelFile]
    var precision: ComputeSettings.Precision? = nil

    /// The identity attention for a UNet.
    func adapter(_ context: RunContext, for unet: UNet2DConditionModel, of model: SDXLModel) throws -> IDAdapter {
        // The attention is as wide as the UNet's.
        let shape = model.files["unet config"]?.content ?? "none"
        return try resident(["weights"], for: "attention of \(shape)", context) { reserve in
            let weights = try weights()
            reserve((weights / PuLIDFile.attention).bytesInMemory)
            let adapter = try IDAdapter(weights / PuLIDFile.attention, unet: unet)
            weights.ignore { $0.hasPrefix("\(PuLIDFile.encoder).") }
            try weights.assertAllUsed()
            return adapter
        }
    }

    /// The encoder, of the version that the weights are.
    func encoder(_ context: RunContext) throws -> PuLIDEncoder {
        try resident(["weights"], for: "encoder", context) { reserve in
            let weights = try weights()
            reserve((weights / PuLIDFile.encoder).bytesInMemory)
            let encoder = try PuLIDEncoder(weights / PuLIDFile.encoder)
            weights.ignore { $0.hasPrefix("\(PuLIDFile.attention).") }
            try weights.assertAllUsed()
            return encoder
        }
    }

    /// Whether the weights are v1.1's; a file with the identity attention alone counts as v1.
    func isIDFormer(_ context: RunContext) throws -> Bool {
        try resident(["weights"], for: "version", context) { _ in
            try weights().contains("id_adapter.latents")
        }
    }

    func tower(_ context: RunContext) throws -> EVAVisionTransformer {
        try resident(["eva_clip"], context) { reserve in
            let file = try EVACLIPFile(path("eva_clip"))
            let weights = Weights(file.weights)
            reserve((weights / "visual").bytesInMemory)
            return try EVAVisionTransformer(checkpoint: weights, metadata: file.metadata)
        }
    }

    private func weights() throws -> Weights { Weights(try PuLIDFile.open(path("weights"))) }
}
