import Kernels

/// Runs a network that decides, say where a face is or what a pixel shows, by plain sums: a last digit may change its
/// answer, and it is small beside the networks that draw.
func deciding<Answer>(_ network: () throws -> Answer) rethrows -> Answer {
    try ComputeSettings.with(precision: .plainSums, network)
}
