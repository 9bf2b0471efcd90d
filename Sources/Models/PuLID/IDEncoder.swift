import Kernels
import Tensors

/// PuLID: pulid/encoders.py::IDEncoder, which turns a face into tokens in PuLID v1.
///
/// Its tensors have the names of pulid_v1.bin below `id_adapter`, and our own files have the same: `body.<n>`,
/// `mapping_<i>.<n>` and `mapping_patch_<i>.<n>`, where n is 0, 3 and 6 for linear layers and 1 and 4 for LayerNorms.
/// (The identity attention's matrices lie beside it, in `id_adapter_attn_layers`.)
public struct IDEncoder: Sendable {
    public let config: Config
    let body: IDMapping
    /// For the class token and the patches of each hidden state.
    let mappings, patchMappings: [IDMapping]

    /// - Parameter w: at the encoder: below `id_adapter` in pulid_v1.bin
    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        body = try IDMapping(
            w / "body",
            widths: [config.idWidth] + config.hiddenWidths + [config.tokens * config.contextWidth]
        )
        let widths = [config.featureWidth, config.featureWidth, config.featureWidth, config.contextWidth]
        mappings = try (0..<config.features).map { try IDMapping(w / "mapping_\($0)", widths: widths) }
        patchMappings = try (0..<config.features).map { try IDMapping(w / "mapping_patch_\($0)", widths: widths) }
    }

    /// - Parameters:
    ///   - id: the recogniser's numbers as they are, then EVA02-CLIP's normalised embedding: (B, 512 + 768)
    ///   - hiddenStates: `config.features` of EVA02-CLIP's, each (B, 1 + patches, featureWidth), the class token first
    /// - Returns: (B, tokens + features, contextWidth): those of the vector, then one for each hidden state
    public func callAsFunction(_ id: Tensor, hiddenStates: [Tensor]) -> Tensor {
        require(
            hiddenStates.count == config.features,
            "\(hiddenStates.count) hidden states, expected \(config.features)"
        )
        let B = id.shape[0]
        let global = body(id).reshaped([B, config.tokens, config.contextWidth])
        let local = zip(hiddenStates, zip(mappings, patchMappings)).map { state, mapping in
            let (toClass, toPatch) = mapping
            let classToken = state.sliced(axis: 1, 0..<1)
            let patches = state.sliced(axis: 1, 1..<state.shape[1])
            return toClass(classToken) + toPatch(patches).meanOfMiddle()
        }
        return .concatenated([global] + local, axis: 1)
    }

    /// The tokens of nobody, for the unconditional side: those of zeros. (1, tokens + features, contextWidth)
    ///
    /// - Parameter positions: tokens of a hidden state, 577 for EVA02-CLIP-L-14-336
    public func unconditional(positions: Int) -> Tensor {
        let state = Tensor.zeros([1, positions, config.featureWidth])
        return self(.zeros([1, config.idWidth]), hiddenStates: Array(repeating: state, count: config.features))
    }
}

/// Three linear layers, with LayerNorm and LeakyReLU after the first two.
struct IDMapping: Sendable {
    let linears: [Linear]
    let norms: [LayerNorm]

    init(_ w: Weights, widths: [Int]) throws {
        linears = try (0..<3).map { try Linear(w / (3 * $0), from: widths[$0], to: widths[$0 + 1]) }
        norms = try (0..<2).map { try LayerNorm(w / (3 * $0 + 1), channels: widths[$0 + 1]) }
    }

    /// (..., in) -> (..., out)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = norms[0](linears[0](x)).leakyReLU()
        return linears[2](norms[1](linears[1](h)).leakyReLU())
    }
}
