import CKernels

/// Numbers that were rounded to GGUF's blocks Q8_0, 32 integers of 8 bits with a scale: 8.5 bits a number.
public final class Q8Blocks: @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    private let count: Int

    /// What so many numbers take.
    public static func byteCount(_ count: Int) -> Int { (count + 31) / 32 * 34 }

    private static func size(_ count: Int) -> Int { (byteCount(count) + 3) / 4 }

    /// - Parameter numbers: in memory
    public init(rounding numbers: StoredFloats, count: Int) {
        self.count = count
        base = FloatPool.shared.allocate(Self.size(count))
        let blocks = UnsafeMutableRawPointer(base)
        let grain = 1 << 14
        Parallel.forEach((count + grain - 1) / grain, scratch: grain) { part, floats in
            let first = part * grain
            numbers.widen(first, min(grain, count - first), to: floats)
            pk_round_to_q8_0(floats, min(grain, count - first), blocks + Self.byteCount(first))
        }
    }

    public var numbers: StoredFloats { StoredFloats(UnsafeRawPointer(base), of: .q8_0) }

    deinit { FloatPool.shared.deallocate(base, count: Self.size(count)) }
}
