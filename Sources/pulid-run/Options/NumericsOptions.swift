import ArgumentParser
import Kernels

/// How results are computed, where that changes their bits. Each choice has results of its own in the cache.
struct NumericsOptions: ParsableArguments {
    @Flag(help: "Convolutions as plain sums, not by Winograd: slower, with smaller rounding errors.")
    var exact = false

    var precision: ComputeSettings.Precision { exact ? .plainSums : .float32 }
}
