/// Bytes that are equal exactly when the values are: every item is tagged with its type and length, maps are in key
/// order, and numbers have one form. Digests and cache keys are taken over this, never over bare concatenation.
public struct CanonicalEncoder: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Goes on from what was encoded before.
    init(_ start: [UInt8]) {
        bytes.reserveCapacity(start.count + 256)
        bytes += start
    }

    public mutating func append(_ value: Value) {
        switch value {
        case .null: bytes.append(UInt8(ascii: "n"))
        case .bool(let value): bytes += [UInt8(ascii: "b"), value ? 1 : 0]
        case .integer(let value): appendText(tag: "i", Int(exactly: value).map(String.init) ?? "\(value)")
        case .number(let value):
            bytes.append(UInt8(ascii: "d"))
            // -0 equals 0 and every NaN is one NaN.
            appendFixed(value == 0 ? 0 : value.isNaN ? Double.nan.bitPattern : value.bitPattern)
        case .string(let value): appendText(tag: "s", value)
        case .list(let values):
            bytes.append(UInt8(ascii: "l"))
            appendFixed(UInt64(values.count))
            for value in values { append(value) }
        case .map(let values):
            beginMap(count: values.count)
            for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                appendMapKey(key)
                append(value)
            }
        }
    }

    /// A text, as `append` takes a value that is one.
    public mutating func append(text: String) { appendText(tag: "s", text) }

    /// The bytes of a digest.
    public mutating func append(_ digest: Digest) {
        digest.withUnsafeBytes { data in
            beginData(count: data.count)
            bytes.append(contentsOf: data)
        }
    }

    /// Which instance of its recipe one is: the node's name, and the axes with their values.
    public mutating func append(placeOf instance: Instance) {
        append(text: instance.node)
        instance.forEachCoordinate { coordinate in
            append(text: coordinate.axis)
            append(coordinate.value)
        }
    }

    /// The axes with their values, in their order.
    public mutating func append(_ cell: Cell) {
        append(.list(cell.coordinates.map { .list([.string($0.axis), $0.value]) }))
    }

    /// For a map whose entries follow one by one, in the order of their keys.
    mutating func beginMap(count: Int) {
        bytes.append(UInt8(ascii: "m"))
        appendFixed(UInt64(count))
    }

    /// The value follows.
    mutating func appendMapKey(_ key: String) { appendText(tag: "k", key) }

    /// What another encoder made.
    mutating func appendEncoded(_ other: [UInt8]) { bytes += other }

    public mutating func append(_ data: some Collection<UInt8>) {
        beginData(count: data.count)
        bytes += data
    }

    /// For data that its bytes follow elsewhere.
    mutating func beginData(count: Int) {
        bytes.append(UInt8(ascii: "x"))
        appendFixed(UInt64(count))
    }

    private mutating func appendText(tag: Unicode.Scalar, _ text: String) {
        bytes.append(UInt8(ascii: tag))
        appendFixed(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    private mutating func appendFixed(_ value: UInt64) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
}
