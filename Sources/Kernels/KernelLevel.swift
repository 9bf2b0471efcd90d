import CKernels

/// Sets of instructions that matrix products and Winograd's transforms are written for. All but the first give the same
/// bits.
public enum KernelLevel: Int, Hashable, Sendable, CaseIterable {
    /// x86-64 without fused multiply-adds.
    case unfused
    /// Vectors of 128 bits, as on arm64; on x86-64 fused multiply-adds are then the C library's.
    case portable
    case avx2
    case avx512
    /// As `avx512`, with products in `bfloat16` by tiles of AMX, if the system lets the process use them.
    case amx

    /// The fastest that this processor has.
    public static let best = allCases.first { $0.level == pk_gemm_best() } ?? .portable

    /// Whether this processor has it.
    public var isAvailable: Bool { pk_gemm_at(level) != nil }

    private var level: pk_gemm_level {
        switch self {
        case .unfused: PK_GEMM_UNFUSED
        case .portable: PK_GEMM_PORTABLE
        case .avx2: PK_GEMM_AVX2
        case .avx512: PK_GEMM_AVX512
        case .amx: PK_GEMM_AMX
        }
    }

    /// - Precondition: this processor has it
    package var products: pk_gemm_kernels {
        guard let kernels = pk_gemm_at(level) else { fail("this processor lacks \(self)") }
        return kernels.pointee
    }

    /// Those of numbers rounded to bfloat16.
    ///
    /// - Precondition: this processor has it
    package var bfloat16Products: pk_rounded_kernels { rounded(pk_bf16_at) }

    /// Those of integers of 8 bits.
    ///
    /// - Precondition: this processor has it
    package var int8Products: pk_rounded_kernels { rounded(pk_int8_at) }

    private func rounded(_ kernels: (pk_gemm_level) -> UnsafePointer<pk_rounded_kernels>?) -> pk_rounded_kernels {
        guard let kernels = kernels(level) else { fail("this processor lacks \(self)") }
        return kernels.pointee
    }

    /// Whether integers of 8 bits are multiplied sooner than floats.
    public var isFastInInt8: Bool { pk_int8_is_fast(level) != 0 }

    /// - Precondition: this processor has it
    var winograd: pk_winograd {
        guard let transforms = pk_winograd_at(level) else { fail("this processor lacks \(self)") }
        return transforms.pointee
    }
}
