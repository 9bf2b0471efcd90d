import Kernels
import Tensors

/// PuLID: pulid/encoders_transformer.py::IDFormer, which turns one or more photos of a face into tokens in PuLID v1.1.
///
/// Learned queries and the ID vectors' tokens are resampled together, scale by scale, from what the vision tower saw.
/// Its tensors have the names of pulid_v1.1.safetensors below `id_adapter`: `latents`, `proj_out`,
/// `id_embedding_mapping.<n>`, `mapping_<i>.<n>`, `layers.<i>.0` (attention) and `layers.<i>.1` (feed-forward).
public struct IDFormer: Sendable {
    public let config: Config
    /// (1, queries, width)
    let latents: Tensor
    /// (contextWidth, width)
    let projOut: Tensor
    let idEmbeddingMapping: IDMapping
    /// One for each scale of the tower.
    let mappings: [IDMapping]
    /// As many for each scale.
    let layers: [Layer]

    struct Layer: Sendable {
        let attention: PerceiverAttention
        let feedForward: PerceiverFeedForward
    }

    /// - Parameter w: at the encoder: below `id_adapter` in pulid_v1.1.safetensors
    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        let (width, deviation) = (config.width, 1 / Float(config.width).squareRoot())
        latents = try w.tensor("latents", shape: [1, config.queries, width], initial: .normal(deviation: deviation))
        projOut = try w.tensor("proj_out", shape: [width, config.contextWidth], initial: .normal(deviation: deviation))
            .transposed()
        idEmbeddingMapping = try IDMapping(
            w / "id_embedding_mapping",
            widths: [config.idWidth] + config.idHiddenWidths + [config.idTokens * width]
        )
        mappings = try (0..<config.features).map {
            try IDMapping(w / "mapping_\($0)", widths: [config.featureWidth] + config.featureHiddenWidths + [width])
        }
        layers = try (0..<config.layers).map {
            Layer(
                attention: try PerceiverAttention(
                    w / "layers" / $0 / 0,
                    width: width,
                    inner: config.innerWidth,
                    headWidth: config.headWidth
                ),
                feedForward: try PerceiverFeedForward(
                    w / "layers" / $0 / 1,
                    width: width,
                    inner: config.feedForwardWidth
                )
            )
        }
    }

    /// - Parameters:
    ///   - ids: for each photo the recogniser's numbers as they are, then EVA02-CLIP's normalised embedding:
    ///     (B, photos, 512 + 768)
    ///   - hiddenStates: `config.features` of EVA02-CLIP's, those of the photos one after another along the sequence:
    ///     (B, photos (1 + patches), featureWidth)
    /// - Returns: (B, queries, contextWidth), however many photos
    public func callAsFunction(_ ids: Tensor, hiddenStates: [Tensor]) -> Tensor {
        require(
            hiddenStates.count == config.features,
            "\(hiddenStates.count) hidden states, expected \(config.features)"
        )
        let (B, photos, _) = ids.shape3
        let idTokens = idEmbeddingMapping(ids).reshaped([B, photos * config.idTokens, config.width])
        var x = Tensor.concatenated([.concatenated(Array(repeating: latents, count: B), axis: 0), idTokens], axis: 1)
        let perScale = layers.count / config.features
        for (scale, state) in hiddenStates.enumerated() {
            let context = Tensor.concatenated([idTokens, mappings[scale](state)], axis: 1)
            for layer in layers[scale * perScale..<(scale + 1) * perScale] {
                x = layer.attention(context, x) + x
                x = layer.feedForward(x) + x
            }
        }
        return x.sliced(axis: 1, 0..<config.queries).linear(projOut)
    }

    /// The tokens of nobody, for the unconditional side: those of zeros for one photo, however many the identity has.
    /// (1, queries, contextWidth)
    ///
    /// - Parameter positions: tokens of a hidden state, 577 for EVA02-CLIP-L-14-336
    public func unconditional(positions: Int) -> Tensor {
        let state = Tensor.zeros([1, positions, config.featureWidth])
        return self(.zeros([1, 1, config.idWidth]), hiddenStates: Array(repeating: state, count: config.features))
    }
}
