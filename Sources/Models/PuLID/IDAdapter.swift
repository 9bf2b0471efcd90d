import Tensors

/// PuLID's matrices from identity tokens to keys and values, one pair for each cross-attention of the UNet.
///
/// PuLID: pulid/pipeline.py::hack_unet_attn_layers; keys `id_adapter_attn_layers.<number>.id_to_k|id_to_v.weight`,
/// where numbers count all attentions and the odd ones are cross-attentions.
public struct IDAdapter: Sendable {
    private struct Layer: Sendable {
        let idToK: Linear
        let idToV: Linear
    }

    /// By the attention's number.
    private let layers: [Int: Layer]

    /// - Parameters:
    ///   - w: at `id_adapter_attn_layers`
    ///   - unet: what the adapter must fit
    /// - Throws: `WeightsError` when the file's adapters are of another UNet.
    public init(_ w: Weights, unet: UNet2DConditionModel) throws {
        var layers: [Int: Layer] = [:]
        for attention in unet.crossAttentions {
            let path = w / attention.number
            let (context, channels) = (unet.config.crossAttentionDim, attention.toQ.weight.shape[0])
            layers[attention.number] = Layer(
                idToK: try Linear(path / "id_to_k", from: context, to: channels, bias: false),
                idToV: try Linear(path / "id_to_v", from: context, to: channels, bias: false)
            )
        }
        self.layers = layers
    }

    /// What training starts from, by the names below `id_adapter_attn_layers`: each attention looks at identity tokens as
    /// it looks at text.
    ///
    /// IP-Adapter: tutorial_train_sdxl.py
    public static func textMatrices(of unet: UNet2DConditionModel) -> [String: Tensor] {
        var matrices: [String: Tensor] = [:]
        for attention in unet.crossAttentions {
            matrices["\(attention.number).id_to_k.weight"] = attention.toK.weight.detached()
            matrices["\(attention.number).id_to_v.weight"] = attention.toV.weight.detached()
        }
        return matrices
    }

    /// - Parameters:
    ///   - tokens: (B, T, cross-attention width), B the batch of the UNet's calls
    ///   - mask: where the identity acts; nil for everywhere
    /// - Returns: nil where the scale is 0: the UNet then runs as if no identity had been given, bit for bit
    public func conditioning(
        tokens: Tensor,
        scale: Float,
        numZero: Int,
        ortho: IDConditioning.Ortho,
        mask: IdentityMask? = nil
    ) -> IDConditioning? {
        guard scale != 0 else { return nil }
        return IDConditioning(
            attentions: layers.mapValues { KeysAndValues(k: $0.idToK(tokens), v: $0.idToV(tokens)) },
            scale: scale,
            numZero: numZero,
            ortho: ortho,
            mask: mask
        )
    }
}
