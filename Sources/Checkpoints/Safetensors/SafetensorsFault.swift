import Tensors

/// Why the header of a safetensors file is refused.
public enum SafetensorsFault: Error, Hashable, Sendable {
    case headerTooLarge(bytes: Int, limit: Int)
    /// The length that the file states leaves no room for an object.
    case headerTooShort(bytes: Int)
    /// The header is not strict JSON, or lacks what each tensor must state; `byte` counts from the file's start.
    case header(byte: Int, reason: String)
    case sameName(String)
    case missingField(tensor: String, field: String)
    case unknownType(tensor: String, type: String)
    case tooManyDimensions(tensor: String, count: Int, limit: Int)
    case offsetsReversed(tensor: String, begin: Int, end: Int)
    /// Shape and type need another number of bytes than the offsets give; nil if more than an Int counts, or not whole.
    case wrongSize(tensor: String, needed: Int?, stated: Int)
    case overlap(tensor: String, begin: Int, previousEnd: Int)
    case hole(tensor: String, begin: Int, previousEnd: Int)
    case trailingBytes(count: Int)

    /// Whether the file shows no sign of being safetensors at all.
    var deniesFormat: Bool {
        switch self {
        case .headerTooLarge, .headerTooShort, .header(SafetensorsHeader.lengthSize, _): true
        default: false
        }
    }
}

extension SafetensorsFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .headerTooLarge(let bytes, let limit):
            "its header would have \(bytes) bytes, over the format's limit of \(limit)"
        case .headerTooShort(let bytes):
            "its header has \(counted(bytes, "byte")), too few for a JSON object"
        case .header(let byte, let reason):
            "its header is not valid at byte \(byte): \(reason)"
        case .sameName(let name):
            "its header has the name \(name) twice"
        case .missingField(let tensor, let field):
            "its header does not state the \(field) of \(tensor)"
        case .unknownType(let tensor, let type):
            "\(tensor) has the unknown element type \"\(type)\""
        case .tooManyDimensions(let tensor, let count, let limit):
            "\(tensor) has \(count) dimensions, over the limit of \(limit)"
        case .offsetsReversed(let tensor, let begin, let end):
            "the data of \(tensor) would end at \(end), before its begin at \(begin)"
        case .wrongSize(let tensor, let needed, let stated):
            "the header gives \(tensor) \(counted(stated, "byte")), but its shape and type need "
                + (needed.map { "\($0)" } ?? "a size that is no whole number of bytes, or beyond all files")
        case .overlap(let tensor, let begin, let previousEnd):
            "the data of \(tensor) begins at \(begin), inside another tensor that ends at \(previousEnd)"
        case .hole(let tensor, let begin, let previousEnd):
            "no tensor covers the data between \(previousEnd) and \(begin), before \(tensor)"
        case .trailingBytes(let count):
            "\(counted(count, "byte", "is", "are")) left after the last tensor"
        }
    }
}
