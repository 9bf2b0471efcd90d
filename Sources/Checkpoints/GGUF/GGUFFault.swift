/// Why a GGUF file is refused.
public enum GGUFFault: Error, Hashable, Sendable {
    case version(UInt32)
    case cutShort
    case tooLarge(limit: Int)
    case notText
    case nameTooLong(limit: Int)
    case sameName(String)
    case alignment(Int)
    /// Of a value, by its key.
    case valueType(key: String, code: UInt32)
    /// Of a tensor.
    case type(tensor: String, code: UInt32)
    case rank(tensor: String, rank: Int, limit: Int)
    case unaligned(tensor: String)
    /// It is not whole rows of blocks, or impossibly large.
    case size(tensor: String)
    case beyondFile(tensor: String, end: Int)
    case overlap(tensor: String)
    /// The shape before writing does not fit the tensor.
    case originalShape(String)
}

extension GGUFFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .version(let version):
            version.byteSwapped <= 3
                ? "its numbers are big-endian; convert it on an ordinary machine"
                : "its format has version \(version), not 2 or 3"
        case .cutShort: "it ends within its header"
        case .tooLarge(let limit): "its header has more than \(limit) bytes"
        case .notText: "a name or a text of it is not UTF-8"
        case .nameTooLong(let limit): "a tensor's name has more than \(limit) bytes"
        case .sameName(let name): "\(name) comes twice"
        case .alignment(let alignment): "its alignment is \(alignment), not a power of two up to 65536"
        case .valueType(let key, let code): "\(key) holds a value of an unknown type (\(code))"
        case .type(let tensor, let code):
            "\(tensor) holds \(Self.typeNames[code] ?? "an unknown type (\(code))"), which is not read; take the file in Q8_0, "
                + "Q6_K, Q5_K, Q4_K, Q5_1, Q5_0, Q4_1, Q4_0, F16 or BF16"
        case .rank(let tensor, let rank, let limit): "\(tensor) has \(rank) dimensions, over the limit of \(limit)"
        case .unaligned(let tensor): "\(tensor) does not begin where the alignment allows"
        case .size(let tensor): "\(tensor) is not made of whole rows, or is impossibly large"
        case .beyondFile(let tensor, let end): "it is cut short: \(tensor) ends at byte \(end)"
        case .overlap(let tensor): "\(tensor) overlaps another tensor"
        case .originalShape(let name): "the shape that is noted for \(name) does not fit it"
        }
    }

    /// ggml's names of what is not read.
    private static let typeNames: [UInt32: String] = [
        9: "Q8_1", 10: "Q2_K", 11: "Q3_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
        20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 29: "IQ1_M", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
    ]
}
