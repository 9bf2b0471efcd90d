import Tensors

/// The encoder of a PuLID file, whichever version it is.
public enum PuLIDEncoder: Sendable {
    /// pulid_v1.bin
    case v1(IDEncoder)
    /// pulid_v1.1.safetensors
    case v1_1(IDFormer)

    /// Tells the version by the tensors that are there.
    ///
    /// - Parameter w: at the encoder: below `id_adapter`
    /// - Throws: `WeightsError` when it is neither, or incomplete
    public init(_ w: Weights) throws {
        self =
            w.contains("latents")
            ? .v1_1(try IDFormer(w, config: IDFormer.Config(w)))
            : .v1(try IDEncoder(w, config: IDEncoder.Config(w)))
    }

    /// Numbers of an ID vector.
    public var idWidth: Int {
        switch self {
        case .v1(let encoder): encoder.config.idWidth
        case .v1_1(let encoder): encoder.config.idWidth
        }
    }

    /// Hidden states of the tower that it reads.
    public var features: Int {
        switch self {
        case .v1(let encoder): encoder.config.features
        case .v1_1(let encoder): encoder.config.features
        }
    }

    /// Width of those hidden states.
    public var featureWidth: Int {
        switch self {
        case .v1(let encoder): encoder.config.featureWidth
        case .v1_1(let encoder): encoder.config.featureWidth
        }
    }
}
