import Diffusion
import Graph
import Kernels

/// What a model's networks compute in, as recipes say it.
enum ModelPrecision: String, ParameterChoice {
    case f32, bf16
    /// Integers of 8 bits in the VAE, and in the UNet once a picture is composed; all else in `bf16`. Of both the weights are kept
    /// in 8 bits.
    case int8
    /// `bf16` where the processor has matrix units for it, else `f32`.
    case auto

    static let help =
        "of the products of its networks: f32; bf16, rounded to bfloat16; int8, rounded to integers of 8 bits in the VAE and, below the highest noise levels, in the UNet, both of whose weights are kept in 8 bits, with the rest in bf16; auto, bf16 where the processor is fast at it (AMX), else f32. Each has the same bits on every machine"

    static let otherNames = OtherNames(decidedHere: ["auto": onThisMachine.rawValue])

    private static let onThisMachine: ModelPrecision = KernelLevel.best == .amx ? .bf16 : .f32

    /// Decided when the model is named, so that it is in the keys of all that use it; nil is the run's.
    var chosen: ComputeSettings.Precision? {
        switch self {
        case .f32: nil
        case .bf16: .bfloat16
        case .int8: .int8
        case .auto: Self.onThisMachine.chosen
        }
    }

    /// Where noise is stronger than this a picture is composed, and errors of `int8` would make another one of it: about the
    /// first third of the steps (docs/PARITY.md).
    private static let composing: Float = 4

    /// Whether `int8` is enough for a step.
    static func isInt8Enough(_ step: Step) -> Bool { step.sigma < composing }
}
