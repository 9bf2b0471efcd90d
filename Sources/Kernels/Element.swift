import CKernels

/// How the numbers of a file are stored: each by itself, or in GGUF's blocks, by ggml's names.
public enum Element: Hashable, Sendable {
    case f32, f16, bf16, f8e4m3, f8e5m2
    case q4_0, q4_1, q5_0, q5_1, q8_0, q4k, q5k, q6k

    /// As the kernels name it.
    package var stored: pk_element {
        switch self {
        case .f32: PK_F32
        case .f16: PK_F16
        case .bf16: PK_BF16
        case .f8e4m3: PK_F8_E4M3
        case .f8e5m2: PK_F8_E5M2
        case .q4_0: PK_Q4_0
        case .q4_1: PK_Q4_1
        case .q5_0: PK_Q5_0
        case .q5_1: PK_Q5_1
        case .q8_0: PK_Q8_0
        case .q4k: PK_Q4_K
        case .q5k: PK_Q5_K
        case .q6k: PK_Q6_K
        }
    }
}
