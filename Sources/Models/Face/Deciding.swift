import Kernels

/// Runs a network that decides, say where a face is or what a pixel shows, by plain sums: a last digit may change its
/// answer, and it is small beside the networks that draw. In `bfloat16` where that was asked for.
func deciding<Answer>(_ network: () throws -> Answer) rethrows -> Answer {
    let isRounded = ComputeSettings.current.precision.unlessInt8 == .bfloat16
    return try ComputeSettings.with(precision: isRounded ? .bfloat16 : .plainSums, network)
}
