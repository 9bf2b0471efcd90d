import Tensors

/// Notes among a model's tensors on the noise that it was trained with: empty tensors whose names say it.
///
/// ComfyUI: comfy/supported_models.py::SDXL.model_type
public struct NoiseMarkers: Hashable, Sendable {
    /// The UNet gives the velocity, not the noise.
    public let predictsVelocity: Bool
    /// At the last timestep, nothing of the picture was left.
    public let endsInNoiseAlone: Bool
    /// Noise levels that are not SDXL's (Playground 2.5, CosXL).
    public let isEDM: Bool

    private static let velocity = "v_pred"
    private static let noiseAlone = "ztsnr"
    private static let edm = ["edm_mean", "edm_std", "edm_vpred.sigma_max", "edm_vpred.sigma_min"]

    public init(_ source: any WeightSource) {
        func has(_ name: String) -> Bool { source.shape(of: name) != nil }
        predictsVelocity = has(Self.velocity)
        endsInNoiseAlone = has(Self.noiseAlone)
        isEDM = Self.edm.contains(where: has)
    }

    /// Whether a tensor is such a note.
    public static func isMarker(_ name: String) -> Bool {
        name == velocity || name == noiseAlone || edm.contains(name)
    }

    /// Each says something of "this model".
    public var lines: [String] {
        [
            (predictsVelocity, "predicts the velocity (v_pred)"),
            (endsInNoiseAlone, "was trained down to no signal at all (ztsnr), which is not supported"),
            (isEDM, "was trained with EDM's noise levels, which are not supported"),
        ].filter(\.0).map(\.1)
    }
}
