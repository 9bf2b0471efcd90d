import Models
import Tensors

/// The sizes of PuLID's encoder, of either version.
public enum PuLIDEncoderConfig: Hashable, Sendable {
    case v1(IDEncoder.Config)
    case v1_1(IDFormer.Config)
}

/// What is trained: the encoder and the matrices to keys and values, by the names of a PuLID file.
///
/// PuLID, section 3.6: "only the newly introduced MLPs and the learnable linear layers K_id and V_id"
public struct PuLIDNetwork: Sendable {
    package let encoder: PuLIDEncoder
    package let adapter: IDAdapter

    /// - Throws: `WeightsError`
    package init(_ w: Weights, config: PuLIDEncoderConfig, unet: UNet2DConditionModel) throws {
        encoder =
            switch config {
            case .v1(let config): .v1(try IDEncoder(w / "id_adapter", config: config))
            case .v1_1(let config): .v1_1(try IDFormer(w / "id_adapter", config: config))
            }
        adapter = try IDAdapter(w / "id_adapter_attn_layers", unet: unet)
    }

    /// The network whose tensors a PuLID file holds, of whichever version and size.
    ///
    /// - Throws: `WeightsError`
    public init(file w: Weights, unet: UNet2DConditionModel) throws {
        encoder = try PuLIDEncoder(w / "id_adapter")
        adapter = try IDAdapter(w / "id_adapter_attn_layers", unet: unet)
    }

    /// The identities for a UNet's calls, at full strength and without projections, as they are trained.
    package func callAsFunction(_ photo: IdentityPhoto) -> IDConditioning? {
        adapter.conditioning(tokens: tokens(photo), scale: 1, numZero: 0, ortho: .off)
    }

    /// (B, tokens, context width)
    package func tokens(_ photo: IdentityPhoto) -> Tensor {
        switch encoder {
        case .v1(let encoder): return encoder(photo.vector, hiddenStates: photo.hiddenStates)
        case .v1_1(let encoder):
            let (B, width) = (photo.vector.shape[0], photo.vector.shape[1])
            return encoder(photo.vector.reshaped([B, 1, width]), hiddenStates: photo.hiddenStates)
        }
    }
}
