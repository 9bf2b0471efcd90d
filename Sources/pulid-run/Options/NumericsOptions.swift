import ArgumentParser
import Kernels

/// How results are computed, where that changes their bits. Each choice has results of its own in the cache.
struct NumericsOptions: ParsableArguments {
    @Flag(help: "Convolutions as plain sums, not by Winograd: slower, with smaller rounding errors.")
    var exact = false

    @Option(
        help: ArgumentHelp(
            "The instructions of products: portable, avx2, avx512 or amx; the best that there are unless given.",
            discussion: "No result depends on it: for comparing them."
        ),
        transform: kernelLevel
    )
    var kernels: KernelLevel?

    @Option(
        name: .customLong("numerics"),
        help: ArgumentHelp(
            "Refuse to compute with other bits than these: the class that `doctor` names after the program's version.",
            discussion: "For machines that share results: one that computes others would never find theirs.",
            valueName: "class"
        )
    )
    var demanded: String?

    func validate() throws {
        guard let demanded, demanded != Gemm.numericsClass else { return }
        throw ValidationError(
            "this machine computes with `\(Gemm.numericsClass)`, not `\(demanded)`: results would have other keys, and "
                + "maybe other bits, than those of machines that do"
        )
    }

    /// As other machines are told the same: those that compute other bits refuse before the work.
    var arguments: [String] { (exact ? ["--exact"] : []) + ["--numerics", Gemm.numericsClass] }

    var precision: ComputeSettings.Precision { exact ? .plainSums : .float32 }
}

/// Of those that give the bits of the best one.
private func kernelLevel(_ name: String) throws -> KernelLevel {
    let levels = KernelLevel.allCases.filter {
        $0.isAvailable && ($0 == .unfused) == (KernelLevel.best == .unfused)
    }
    guard let level = levels.first(where: { "\($0)" == name }) else {
        throw ValidationError("this processor has \(levels.map { "\($0)" }.joined(separator: ", ")), not \(name)")
    }
    return level
}
