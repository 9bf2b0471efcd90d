import Graph
import Kernels

/// What a model's networks compute in, as recipes say it.
enum ModelPrecision: String, ParameterChoice {
    case f32, bf16
    /// `bf16` where the processor has matrix units for it, else `f32`.
    case auto

    static let help =
        "of the products of its networks: f32; bf16, rounded to bfloat16, the same bits on every machine; auto, bf16 where the processor is fast at it (AMX), else f32"

    static let otherNames = OtherNames(decidedHere: ["auto": onThisMachine.rawValue])

    private static let onThisMachine: ModelPrecision = KernelLevel.best == .amx ? .bf16 : .f32

    /// Decided when the model is named, so that it is in the keys of all that use it; nil is the run's.
    var chosen: ComputeSettings.Precision? {
        switch self {
        case .f32: nil
        case .bf16: .bfloat16
        case .auto: Self.onThisMachine.chosen
        }
    }
}
