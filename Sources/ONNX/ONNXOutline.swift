/// What an ONNX file says of itself, read field by field where it lies: constants are passed over, not loaded.
///
/// onnx: onnx/onnx.proto, ModelProto and what is below it
public struct ONNXOutline: Hashable, Sendable {
    public struct Value: Hashable, Sendable {
        public let name: String
        /// nil where any size will do.
        public let shape: [Int?]
    }

    public struct Constant: Hashable, Sendable {
        public let name: String
        /// By the names that safetensors uses; "?" for a type that it lacks.
        public let type: String
        public let shape: [Int]
    }

    public private(set) var producer = ""
    /// The version of the operators; 0 if the file does not say.
    public private(set) var opset = 0
    /// How often each operator is used.
    public private(set) var operators: [String: Int] = [:]
    public private(set) var constants: [Constant] = []
    /// Constants apart.
    public private(set) var inputs: [Value] = []
    public private(set) var outputs: [Value] = []

    private static let listLimit = 1 << 14

    /// nil when these bytes are no ONNX model, or a damaged one.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        var graph: Range<Int>?
        for (field, content) in Fields(bytes, bytes.startIndex..<bytes.endIndex) ?? Fields.none {
            switch (field, content) {
            case (2, .bytes(let range)): producer = Self.text(bytes, range)
            case (7, .bytes(let range)) where graph == nil: graph = range
            case (8, .bytes(let range)): if !addOpset(bytes, range) { return nil }
            default: break
            }
        }
        guard let graph, addGraph(bytes, graph), !operators.isEmpty else { return nil }
        let names = Set(constants.map(\.name))
        inputs.removeAll { names.contains($0.name) }
    }

    private mutating func addOpset(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let fields = Fields(bytes, range) else { return false }
        var (domain, version) = ("", 0)
        for (field, content) in fields {
            switch (field, content) {
            case (1, .bytes(let range)): domain = Self.text(bytes, range)
            case (2, .number(let number)): version = Int(clamping: number)
            default: break
            }
        }
        if domain.isEmpty || domain == "ai.onnx" { opset = version }
        return true
    }

    private mutating func addGraph(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Bool {
        guard let fields = Fields(bytes, range) else { return false }
        for (field, content) in fields {
            guard case .bytes(let range) = content else { continue }
            switch field {
            case 1:
                guard let node = Fields(bytes, range) else { return false }
                for case (4, .bytes(let name)) in node { operators[Self.text(bytes, name), default: 0] += 1 }
            case 5:
                guard let constant = Self.constant(bytes, range) else { return false }
                constants.append(constant)
            case 11, 12:
                guard let value = Self.value(bytes, range) else { return false }
                if field == 11 { inputs.append(value) } else { outputs.append(value) }
            default: break
            }
            guard operators.count <= Self.listLimit,
                max(constants.count, inputs.count, outputs.count) <= Self.listLimit
            else { return false }
        }
        return true
    }

    /// TensorProto
    private static func constant(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Constant? {
        guard let fields = Fields(bytes, range) else { return nil }
        var (name, type, shape) = ("", "?", [Int]())
        for (field, content) in fields {
            switch (field, content) {
            case (1, .number(let size)): shape.append(Int(clamping: size))
            case (1, .bytes(let packed)):
                guard let sizes = Fields.numbers(bytes, packed) else { return nil }
                shape += sizes.map { Int(clamping: $0) }
            case (2, .number(let number)): type = types[number] ?? "?"
            case (8, .bytes(let range)): name = text(bytes, range)
            default: break
            }
            if shape.count > 16 { return nil }
        }
        return Constant(name: name, type: type, shape: shape)
    }

    /// ValueInfoProto: the shape is in its type's tensor type.
    private static func value(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Value? {
        guard let fields = Fields(bytes, range) else { return nil }
        var (name, shape) = ("", [Int?]())
        for (field, content) in fields {
            switch (field, content) {
            case (1, .bytes(let range)): name = text(bytes, range)
            case (2, .bytes(let range)):
                for dimension in ranges(bytes, [range], path: [1, 2, 1]).prefix(16) {
                    var size: Int?
                    for case (1, .number(let number)) in Fields(bytes, dimension) ?? Fields.none where number > 0 {
                        size = Int(clamping: number)
                    }
                    shape.append(size)
                }
            default: break
            }
        }
        return Value(name: name, shape: shape)
    }

    /// What lies in messages below messages, by the numbers of their fields.
    private static func ranges(_ bytes: UnsafeRawBufferPointer, _ start: [Range<Int>], path: [Int]) -> [Range<Int>] {
        path.reduce(start) { found, wanted in
            found.flatMap { range -> [Range<Int>] in
                var inner: [Range<Int>] = []
                for case (wanted, .bytes(let range)) in Fields(bytes, range) ?? Fields.none { inner.append(range) }
                return inner
            }
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(decoding: bytes[range].prefix(1 << 10), as: UTF8.self)
    }

    /// TensorProto.DataType
    private static let types: [UInt64: String] = [
        1: "F32", 2: "U8", 3: "I8", 4: "U16", 5: "I16", 6: "I32", 7: "I64", 9: "BOOL", 10: "F16", 11: "F64", 12: "U32",
        13: "U64", 14: "C64", 16: "BF16",
    ]
}

/// The fields of one protobuf message, in order, where they lie.
///
/// protobuf.dev: Encoding
private struct Fields: Sequence {
    enum Content {
        case number(UInt64)
        case bytes(Range<Int>)
    }

    private let fields: [(Int, Content)]

    static let none = Fields(fields: [])

    private init(fields: [(Int, Content)]) { self.fields = fields }

    /// nil when the bytes are no such message.
    init?(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var fields: [(Int, Content)] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard let key = Self.varint(bytes, &offset, range.upperBound), key >> 3 > 0, fields.count < 1 << 20 else {
                return nil
            }
            let field = Int(clamping: key >> 3)
            let length: Int
            switch key & 7 {
            case 0:
                guard let number = Self.varint(bytes, &offset, range.upperBound) else { return nil }
                fields.append((field, .number(number)))
                continue
            case 1: length = 8
            case 2:
                guard let stated = Self.varint(bytes, &offset, range.upperBound), let size = Int(exactly: stated) else {
                    return nil
                }
                length = size
            case 5: length = 4
            default: return nil
            }
            guard length <= range.upperBound - offset else { return nil }
            if key & 7 == 2 { fields.append((field, .bytes(offset..<offset + length))) }
            offset += length
        }
        self.fields = fields
    }

    func makeIterator() -> IndexingIterator<[(Int, Content)]> { fields.makeIterator() }

    /// Numbers packed one after the other.
    static func numbers(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [UInt64]? {
        var numbers: [UInt64] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            guard numbers.count < 16, let number = varint(bytes, &offset, range.upperBound) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private static func varint(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int, _ end: Int) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard offset < end else { return nil }
            let byte = bytes[offset]
            offset += 1
            number |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }
}
