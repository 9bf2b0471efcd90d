/// How numbers are computed: what decides their bits, and on how many threads.
///
/// Settings hold for a scope and for every thread that works for it: `Parallel` alone starts threads, and hands them on.
public struct ComputeSettings: Hashable, Sendable {
    /// How sums of products are rounded.
    public enum Precision: String, Hashable, Sendable, CaseIterable {
        /// In 32-bit floats; convolutions go by Winograd's algorithm where it is faster, which rounds about twice as much as
        /// plain sums do.
        case float32
        /// In 32-bit floats, convolutions by plain sums too.
        case plainSums
        /// The products of linear layers, convolutions and attention, and of their gradients, of numbers rounded to
        /// bfloat16, as bf16.h defines them; sums and all else in 32-bit floats.
        case bfloat16
        /// The products of linear layers and convolutions of integers of 8 bits, as int8.h defines them, those of attention as
        /// and of gradients in `bfloat16`; all else in 32-bit floats.
        case int8

        /// Whether products are of rounded numbers.
        var rounds: Bool { self == .bfloat16 || self == .int8 }

        /// How keys name it where numbers are rounded.
        public var roundedName: String? {
            switch self {
            case .float32, .plainSums: nil
            case .bfloat16: Gemm.bfloat16Class
            case .int8: Gemm.int8Class
            }
        }

        /// That of what integers of 8 bits are too coarse for.
        public var unlessInt8: Precision { self == .int8 ? .bfloat16 : self }
    }

    public var precision = Precision.float32
    /// The instructions that products use; tests compare them.
    public var kernels = KernelLevel.best
    /// How many threads a loop may use; no result depends on it.
    public var threads = Processors.available

    /// Those of the calling thread.
    public static var current: ComputeSettings { scoped }

    @TaskLocal private static var scoped = ComputeSettings()

    /// Runs `operation` with other settings; those that are left out stay as they are.
    public static func with<Result>(
        precision: Precision? = nil,
        kernels: KernelLevel? = nil,
        threads: Int? = nil,
        _ operation: () throws -> Result
    ) rethrows -> Result {
        var settings = current
        if let precision { settings.precision = precision }
        if let kernels { settings.kernels = kernels }
        if let threads { settings.threads = max(1, threads) }
        return try settings.scope(operation)
    }

    /// Runs `operation` in 32 bits where the calling thread's products are rounded.
    public static func unrounded<Result>(_ operation: () throws -> Result) rethrows -> Result {
        try with(precision: current.precision.rounds ? .float32 : nil, operation)
    }

    /// Runs `operation` in `bfloat16` where the calling thread computes in `int8`.
    public static func unlessInt8<Result>(_ operation: () throws -> Result) rethrows -> Result {
        try with(precision: current.precision.unlessInt8, operation)
    }

    /// Runs `operation` with these settings.
    func scope<Result>(_ operation: () throws -> Result) rethrows -> Result {
        try Self.$scoped.withValue(self, operation: operation)
    }
}
