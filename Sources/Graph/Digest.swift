import CCrypto
import Synchronization

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

    /// nil unless there are exactly 32 bytes.
    public init?(exactly memory: UnsafeRawBufferPointer) {
        guard memory.count == Self.count else { return nil }
        self.init(memory: memory)
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
            guard let high = Self.value(ofDigit: digits[i]), let low = Self.value(ofDigit: digits[i + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        self.init(bytes: bytes)
    }

    /// 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        var bytes = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
        return try Swift.withUnsafeBytes(of: &bytes) { try body(UnsafeRawBufferPointer($0)) }
    }

    /// Some bits of it, for tables.
    public var word: Int { Int(truncatingIfNeeded: words.3) }

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

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
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
        /// The context of the last hasher that ended, or 0: most keys are hashed one after the other.
        private static let spare = Atomic<UInt>(0)

        /// - Precondition: there is memory for some hundred bytes.
        public init() {
            let spare = OpaquePointer(bitPattern: Self.spare.exchange(0, ordering: .acquiring))
            // One that has its algorithm begins anew without it.
            let algorithm = spare == nil ? Self.algorithm : nil
            guard let context = spare ?? EVP_MD_CTX_new(), EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
                preconditionFailure("libcrypto has no SHA-256")
            }
            self.context = context
        }

        deinit {
            let other = Self.spare.exchange(UInt(bitPattern: context), ordering: .acquiringAndReleasing)
            if let other = OpaquePointer(bitPattern: other) { EVP_MD_CTX_free(other) }
        }

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
