/// The element types of safetensors, by the names its files use, and those of GGUF that it lacks, by ggml's.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
    case bool = "BOOL"
    case f4 = "F4"
    case f6e2m3 = "F6_E2M3"
    case f6e3m2 = "F6_E3M2"
    case u8 = "U8"
    case i8 = "I8"
    case f8e5m2 = "F8_E5M2"
    case f8e4m3 = "F8_E4M3"
    case f8e8m0 = "F8_E8M0"
    case f8e4m3fnuz = "F8_E4M3FNUZ"
    case f8e5m2fnuz = "F8_E5M2FNUZ"
    case i16 = "I16"
    case u16 = "U16"
    case f16 = "F16"
    case bf16 = "BF16"
    case i32 = "I32"
    case u32 = "U32"
    case f32 = "F32"
    case f64 = "F64"
    case i64 = "I64"
    case u64 = "U64"
    case c64 = "C64"
    case q4_0 = "Q4_0"
    case q4_1 = "Q4_1"
    case q5_0 = "Q5_0"
    case q5_1 = "Q5_1"
    case q8_0 = "Q8_0"
    case q4k = "Q4_K"
    case q5k = "Q5_K"
    case q6k = "Q6_K"

    /// The fewest elements that take whole bytes, and how many: one, or a block of those that share a scale.
    public var block: (elements: Int, bytes: Int) {
        switch self {
        case .f4: (2, 1)
        case .f6e2m3, .f6e3m2: (4, 3)
        case .bool, .u8, .i8, .f8e5m2, .f8e4m3, .f8e8m0, .f8e4m3fnuz, .f8e5m2fnuz: (1, 1)
        case .i16, .u16, .f16, .bf16: (1, 2)
        case .i32, .u32, .f32: (1, 4)
        case .f64, .i64, .u64, .c64: (1, 8)
        case .q4_0: (32, 18)
        case .q4_1: (32, 20)
        case .q5_0: (32, 22)
        case .q5_1: (32, 24)
        case .q8_0: (32, 34)
        case .q4k: (256, 144)
        case .q5k: (256, 176)
        case .q6k: (256, 210)
        }
    }

    /// GGUF's alone: its elements share scales.
    public var isQuantized: Bool { block.elements >= 32 }

    /// Its elements can be had as 32-bit floats.
    public var isReadAsFloats: Bool {
        switch self {
        case .f32, .f16, .bf16, .f64, .f8e4m3, .f8e5m2: true
        default: isQuantized
        }
    }

    /// The bytes that a tensor of this type and shape takes; nil if they are more than an Int counts, or not whole.
    package func byteCount(of shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (product, over) = count.multipliedReportingOverflow(by: size)
            if over { return nil }
            count = product
        }
        let (blocks, rest) = count.quotientAndRemainder(dividingBy: block.elements)
        let (total, over) = blocks.multipliedReportingOverflow(by: block.bytes)
        return over || rest != 0 ? nil : total
    }
}
