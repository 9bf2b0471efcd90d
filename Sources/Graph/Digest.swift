import CCrypto

/// A SHA-256 digest: the name of a value, of a file's bytes, or of a cache key.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    static let count = 32

    /// The first eight bytes, big-endian, and so on: a run holds many thousands of digests, none with memory of its own.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    fileprivate init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

    /// nil unless there are exactly 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self = bytes.withUnsafeBytes { Self(memory: $0) }
    }

    /// - Precondition: 32 bytes.
    fileprivate init(memory: UnsafeRawBufferPointer) {
        func word(_ i: Int) -> UInt64 {
            UInt64(bigEndian: memory.loadUnaligned(fromByteOffset: 8 * i, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// nil unless the text is 64 hexadecimal digits.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 2 * Self.count else { return nil }
        var bytes = [UInt8]()
        for i in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Character(UnicodeScalar(digits[i])).hexDigitValue,
                let low = Character(UnicodeScalar(digits[i + 1])).hexDigitValue
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        self.init(bytes: bytes)
    }

    /// 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        var bytes = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return try Swift.withUnsafeBytes(of: &bytes) { try body(UnsafeRawBufferPointer($0)) }
    }

    public static func == (a: Digest, b: Digest) -> Bool { a.words == b.words }
    public static func < (a: Digest, b: Digest) -> Bool { a.words < b.words }

    /// A digest is as good a hash as any.
    public func hash(into hasher: inout Swift.Hasher) { hasher.combine(words.0) }

    public init(of data: some Sequence<UInt8>) {
        var hasher = Hasher()
        if data.withContiguousStorageIfAvailable({ hasher.update(UnsafeRawBufferPointer($0)) }) == nil {
            Array(data).withUnsafeBytes { hasher.update($0) }
        }
        self = hasher.finish()
    }

    /// 64 hexadecimal digits.
    public var hex: String {
        // Keys and stores ask for it thousands of times in a run.
        withUnsafeBytes { bytes in
            String(unsafeUninitializedCapacity: 2 * Self.count) { text in
                for (i, byte) in bytes.enumerated() {
                    text[2 * i] = Self.digit(byte >> 4)
                    text[2 * i + 1] = Self.digit(byte & 15)
                }
                return 2 * Self.count
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// The first twelve digits: enough for a person to tell values apart.
    public var short: String { String(hex.prefix(12)) }
    public var description: String { hex }

    /// A digest in the making, for data that arrives in pieces.
    public struct Hasher: ~Copyable {
        private let context: OpaquePointer

        /// Fetched once: looking it up takes longer than hashing a key.
        private nonisolated(unsafe) static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

        /// - Precondition: there is memory for some hundred bytes.
        public init() {
            guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, Self.algorithm, nil) == 1 else {
                preconditionFailure("libcrypto has no SHA-256")
            }
            self.context = context
        }

        deinit { EVP_MD_CTX_free(context) }

        public mutating func update(_ data: UnsafeRawBufferPointer) {
            EVP_DigestUpdate(context, data.baseAddress, data.count)
        }

        public consuming func finish() -> Digest {
            withUnsafeTemporaryAllocation(byteCount: Digest.count, alignment: 8) { memory in
                EVP_DigestFinal_ex(context, memory.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
                return Digest(memory: UnsafeRawBufferPointer(memory))
            }
        }
    }
}
