/// What an artifact is when it is at rest: named blocks of numbers and small plain values. The engine stores, digests
/// and compares records and knows nothing else of artifacts.
public struct ArtifactRecord: Hashable, Sendable {
    /// The artifact's kind, such as `image`.
    public let kind: String
    public let blocks: [String: Block]
    public let values: [String: Value]

    public init(kind: String, blocks: [String: Block] = [:], values: [String: Value] = [:]) {
        self.kind = kind
        self.blocks = blocks
        self.values = values
    }

    /// A tensor's bytes, little-endian, row-major.
    public struct Block: Hashable, Sendable {
        public enum Element: String, Hashable, Sendable, CaseIterable {
            case float32 = "F32"
            case float16 = "F16"
            case uint8 = "U8"
            case int64 = "I64"

            /// In bytes.
            public var size: Int {
                switch self {
                case .uint8: 1
                case .float16: 2
                case .float32: 4
                case .int64: 8
                }
            }
        }

        public let element: Element
        public let shape: [Int]
        public let bytes: Bytes

        /// - Precondition: the bytes are as many as the shape and the element say.
        public init(element: Element, shape: [Int], bytes: Bytes) {
            precondition(shape.reduce(element.size, *) == bytes.count, "a block of \(shape) has \(bytes.count) bytes")
            self.element = element
            self.shape = shape
            self.bytes = bytes
        }

        public init(element: Element, shape: [Int], bytes: [UInt8]) {
            self.init(element: element, shape: shape, bytes: Bytes(bytes))
        }
    }

    /// The digest of kind, names, element types, shapes, bytes and values.
    public var digest: Digest { RecordCoder.encode(self).digest }
}
