/// How far the numbers of two records are apart, over all their blocks together.
public struct RecordDifferences: Equatable, Sendable {
    /// The largest difference of two numbers.
    public private(set) var maxAbs = 0.0
    /// The numbers that can be told apart between two, at most: 0 for equal ones, 1 for neighbours in their format. Zeros
    /// of either sign are equal.
    public private(set) var ulps: UInt64 = 0
    /// Numbers that differ.
    public private(set) var differing = 0
    /// All numbers.
    public private(set) var count = 0
    /// The block with the largest difference; nil where all are equal.
    public private(set) var worstBlock: String?
    private var squaredDifference = 0.0
    private var (squaredA, squaredB, product) = (0.0, 0.0, 0.0)

    /// The length of the difference over that of the second; infinite where that is 0 and the first is not.
    public var relativeL2: Double {
        squaredDifference == 0 ? 0 : (squaredDifference / squaredB).squareRoot()
    }

    /// The cosine of the angle between the two, -1 ... 1; 1 for equal ones, and 0 where one has no length.
    public var cosine: Double {
        if differing == 0 { return 1 }
        let lengths = squaredA.squareRoot() * squaredB.squareRoot()
        return lengths > 0 || lengths.isNaN ? min(max(product / lengths, -1), 1) : 0
    }

    /// - Throws: `Mismatch` where they do not have the same blocks.
    public init(between a: ArtifactRecord, and b: ArtifactRecord) throws(Mismatch) {
        guard a.kind == b.kind else { throw .kinds(a.kind, b.kind) }
        let names = Set(a.blocks.keys).union(b.blocks.keys).sorted()
        for name in names {
            guard let x = a.blocks[name] else { throw .missing(name, of: .first) }
            guard let y = b.blocks[name] else { throw .missing(name, of: .second) }
            guard x.shape == y.shape else { throw .shapes(name, x.shape, y.shape) }
            guard x.element == y.element else { throw .elements(name, x.element.rawValue, y.element.rawValue) }
            add(x, y, name)
        }
    }

    /// Records that cannot be compared number by number.
    public enum Mismatch: Error, Hashable {
        public enum Side: String, Sendable { case first, second }

        case kinds(String, String)
        case missing(String, of: Side)
        case shapes(String, [Int], [Int])
        case elements(String, String, String)
    }

    // MARK: - Blocks

    private mutating func add(_ x: ArtifactRecord.Block, _ y: ArtifactRecord.Block, _ name: String) {
        let before = maxAbs
        let wasDiffering = differing
        switch x.element {
        case .float32:
            add(x, y, Int32.self) {
                Double(Float(bitPattern: UInt32(bitPattern: $0)))
            } rank: {
                Self.rank($0)
            }
        case .float16:
            add(x, y, Int16.self) {
                Self.half(UInt16(bitPattern: $0))
            } rank: {
                Self.rank($0)
            }
        case .uint8:
            add(x, y, UInt8.self) {
                Double($0)
            } rank: {
                Int64($0)
            }
        case .int64:
            add(x, y, Int64.self) {
                Double($0)
            } rank: {
                $0
            }
        }
        if differing > wasDiffering, worstBlock == nil || maxAbs > before || maxAbs.isNaN { worstBlock = name }
    }

    private mutating func add<Bits: FixedWidthInteger>(
        _ x: ArtifactRecord.Block,
        _ y: ArtifactRecord.Block,
        _ type: Bits.Type,
        value: (Bits) -> Double,
        rank: (Bits) -> Int64
    ) {
        let size = MemoryLayout<Bits>.size
        x.bytes.withUnsafeBytes { x in
            y.bytes.withUnsafeBytes { y in
                for i in 0..<x.count / size {
                    let a = Bits(littleEndian: x.loadUnaligned(fromByteOffset: i * size, as: Bits.self))
                    let b = Bits(littleEndian: y.loadUnaligned(fromByteOffset: i * size, as: Bits.self))
                    let (va, vb) = (value(a), value(b))
                    squaredA += va * va
                    squaredB += vb * vb
                    product += va * vb
                    count += 1
                    let (ra, rb) = (rank(a), rank(b))
                    guard ra != rb else { continue }
                    differing += 1
                    let difference = abs(va - vb)
                    squaredDifference += difference * difference
                    if difference.isNaN || !maxAbs.isNaN && difference > maxAbs { maxAbs = difference }
                    let distance = ra > rb ? UInt64(bitPattern: ra &- rb) : UInt64(bitPattern: rb &- ra)
                    ulps = max(ulps, distance)
                }
            }
        }
    }

    /// Where a float stands in the order of all floats, by its bits.
    private static func rank<Bits: FixedWidthInteger & SignedInteger>(_ bits: Bits) -> Int64 {
        bits >= 0 ? Int64(bits) : Int64(Bits.min) - Int64(bits)
    }

    /// The value of a 16-bit float.
    private static func half(_ bits: UInt16) -> Double {
        let sign: FloatingPointSign = bits & 0x8000 == 0 ? .plus : .minus
        let (exponent, fraction) = (Int(bits >> 10 & 0x1f), Double(bits & 0x3ff))
        switch exponent {
        case 0: return Double(sign: sign, exponent: -24, significand: fraction)
        case 31: return fraction == 0 ? (sign == .plus ? .infinity : -.infinity) : .nan
        default: return Double(sign: sign, exponent: exponent - 25, significand: fraction + 1024)
        }
    }
}

extension RecordDifferences.Mismatch: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kinds(let a, let b): "one is a \(a), the other a \(b)"
        case .missing(let name, let side): "the \(side.rawValue) has no `\(name)`"
        case .shapes(let name, let a, let b): "`\(name)` has the shape \(a) in one and \(b) in the other"
        case .elements(let name, let a, let b): "`\(name)` is of \(a) in one and of \(b) in the other"
        }
    }
}
