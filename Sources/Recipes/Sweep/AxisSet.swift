/// Some of the axes of a recipe, by their index in the order declared.
struct AxisSet: Hashable, Sendable {
    /// As many axes as a recipe may have.
    static let capacity = 64

    private var bits: UInt64 = 0

    init() {}

    init(_ axis: Int) { bits = 1 << UInt64(axis) }

    init(_ axes: some Sequence<Int>) {
        for axis in axes { bits |= 1 << UInt64(axis) }
    }

    var isEmpty: Bool { bits == 0 }

    func contains(_ axis: Int) -> Bool { bits & 1 << UInt64(axis) != 0 }
    func isSubset(of other: AxisSet) -> Bool { bits & ~other.bits == 0 }

    mutating func formUnion(_ other: AxisSet) { bits |= other.bits }

    static func | (a: AxisSet, b: AxisSet) -> AxisSet { AxisSet(bits: a.bits | b.bits) }
    static func & (a: AxisSet, b: AxisSet) -> AxisSet { AxisSet(bits: a.bits & b.bits) }
    static func - (a: AxisSet, b: AxisSet) -> AxisSet { AxisSet(bits: a.bits & ~b.bits) }

    private init(bits: UInt64) { self.bits = bits }

    /// The axes in the order declared.
    var indices: [Int] { (0..<Self.capacity).filter(contains) }
}
