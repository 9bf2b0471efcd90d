import Graph
import Kernels

/// What a training computes its products in, forward and back; weights, their moments and all sums are 32-bit floats.
///
/// There is no `auto`: a training that had other weights on another machine would have them under the same key.
enum TrainingPrecision: String, ParameterChoice {
    case f32, bf16

    static let help =
        "of the products, forward and back: f32; bf16, rounded to bfloat16, faster on processors with matrix units (AMX) and the same bits on every machine"

    /// nil is the run's.
    var chosen: ComputeSettings.Precision? {
        switch self {
        case .f32: nil
        case .bf16: .bfloat16
        }
    }
}
