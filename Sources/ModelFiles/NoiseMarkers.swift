import Checkpoints
import Diffusion
import Tensors

/// Notes among a model's tensors on the noise that it was trained with: tensors whose names say it.
///
/// ComfyUI: comfy/supported_models.py::SDXL.model_type
public struct NoiseMarkers: Sendable {
    /// The UNet gives the velocity, not the noise.
    public let predictsVelocity: Bool
    /// At the last timestep, nothing of the picture was left.
    public let endsInNoiseAlone: Bool
    /// Noise levels that are not SDXL's, and what they are; nil where no note says so.
    public let edm: EDMConfiguration?
    /// Notes that say nothing alone, and what is missing beside each.
    private let lonely: [(note: String, missing: String)]

    private static let velocity = "v_pred"
    private static let noiseAlone = "ztsnr"
    /// Means and deviations of the latents, too.
    static let playground = (mean: "edm_mean", deviation: "edm_std")
    private static let cosXL = ["edm_vpred.sigma_max", "edm_vpred.sigma_min"]

    /// - Throws: `CheckpointError`, `ModelFileError.badConfig` for notes that cannot be read
    public init(_ source: any CheckpointSource) throws {
        func has(_ name: String) -> Bool { source.shape(of: name) != nil }
        predictsVelocity = has(Self.velocity)
        endsInNoiseAlone = has(Self.noiseAlone)
        func number(_ name: String) throws -> Double? {
            guard let shape = source.shape(of: name) else { return nil }
            guard shape.allSatisfy({ $0 == 1 }) else {
                throw ModelFileError.badConfig(
                    path: source.name,
                    reason: "the note \(name) has shape \(shape), where one number is expected"
                )
            }
            return Double(try source.tensor(name).values[0])
        }
        let (mean, deviation) = Self.playground
        lonely = [(mean, deviation), (deviation, mean), (Self.cosXL[1], Self.cosXL[0])].filter { has($0) && !has($1) }
        if has(mean), has(deviation) {
            edm = EDMConfiguration()
        } else if let most = try number(Self.cosXL[0]) {
            edm = try .cosXL(sigmaMin: number(Self.cosXL[1]) ?? 0.002, sigmaMax: most)
        } else {
            edm = nil
        }
    }

    /// Whether a tensor is such a note.
    public static func isMarker(_ name: String) -> Bool {
        name == velocity || name == noiseAlone || name == playground.mean || name == playground.deviation
            || cosXL.contains(name)
    }

    /// What the notes make of a process that settings say: they count for more, as the settings may be those of the model
    /// that a file replaces.
    func process(over settings: NoiseProcess) -> NoiseProcess {
        if let edm { return .edm(edm) }
        guard predictsVelocity else { return settings }
        var ddpm = NoiseScheduleConfiguration.sdxl
        if case .ddpm(let said) = settings { ddpm = said }
        ddpm.predictionType = .velocity
        return .ddpm(ddpm)
    }

    /// ComfyUI follows `ztsnr` where the velocity is predicted, and nowhere else.
    func ending(_ process: NoiseProcess) -> NoiseProcess {
        guard endsInNoiseAlone, case .ddpm(var ddpm) = process, ddpm.predictionType == .velocity,
            ddpm.zeroTerminalSNR == nil
        else { return process }
        ddpm.zeroTerminalSNR = .comfyui
        return .ddpm(ddpm)
    }

    /// Notes that say nothing alone, each a sentence.
    var lonelyNotes: [String] {
        lonely.map { "the note \($0.note) says nothing without \($0.missing), and is not used" }
    }

    /// Notes that change nothing of a process, each a sentence.
    func idle(in process: NoiseProcess) -> [String] {
        var sentences = lonelyNotes
        if predictsVelocity, case .edm(let edm) = process, edm.prediction == .preconditioned {
            sentences.append("the note \(Self.velocity) does not count beside \(Self.playground.mean), and is not used")
        }
        if endsInNoiseAlone {
            if case .ddpm(let ddpm) = process, ddpm.zeroTerminalSNR != nil { return sentences }
            sentences.append("the note \(Self.noiseAlone) counts with `prediction: velocity` alone, and is not used")
        }
        return sentences
    }

    /// Each says something of "this model".
    public var lines: [String] {
        var lines: [String] = []
        if let edm {
            lines.append(
                edm.prediction == .velocity
                    ? "was trained with EDM's noise levels and predicts the velocity (CosXL): use schedule karras or exponential"
                    : "was trained with EDM's noise levels (Playground 2.5): use schedule karras"
            )
            return lines
        }
        if predictsVelocity { lines.append("predicts the velocity (v_pred)") }
        if endsInNoiseAlone {
            lines.append(
                "was trained down to no signal at all (ztsnr)"
                    + (predictsVelocity ? "" : ", which counts with prediction: velocity alone")
            )
        }
        return lines
    }
}
