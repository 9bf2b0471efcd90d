import Foundation
import Synchronization

/// Memory for tensors and for threads to work in, kept for the next time: the page faults of fresh memory cost more than
/// most operations. What is in use and what is kept never exceed what was once in use, so keeping costs no memory at the
/// peak.
public final class FloatPool: Sendable {
    public static let shared = FloatPool()

    fileprivate struct Block: @unchecked Sendable {
        let base: UnsafeMutablePointer<Float>
        let size: Int
    }

    fileprivate struct State {
        /// Given back, those of longest ago first.
        var kept: [Block] = []
        /// In floats.
        var keptSize = 0
        var usedSize = 0
        var mostUsed = 0
    }

    private let state = Mutex(State())

    public init() {}

    /// Smaller blocks are the allocator's: it keeps them itself.
    private static let least = 1 << 14

    /// `count` floats, whatever they hold, on a boundary of 64 bytes.
    public func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        guard count >= Self.least else { return Self.fresh(max(1, count)) }
        let size = Self.blockSize(count)
        let (found, surplus) = state.withLock { $0.take(size) }
        surplus.forEach { $0.base.deallocate() }
        return found?.base ?? Self.fresh(size)
    }

    /// Takes back what `allocate(count)` gave.
    public func deallocate(_ base: UnsafeMutablePointer<Float>, count: Int) {
        guard count >= Self.least else { return base.deallocate() }
        state.withLock { $0.keep(Block(base: base, size: Self.blockSize(count))) }
    }

    /// Calls `body` with `count` floats that are its own for so long.
    func with(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let base = allocate(count)
        defer { deallocate(base, count: count) }
        body(base)
    }

    /// Bytes in use and kept, small blocks apart.
    public var footprint: Int { state.withLock { ($0.usedSize + $0.keptSize) * MemoryLayout<Float>.stride } }

    deinit { state.withLock { $0.kept }.forEach { $0.base.deallocate() } }

    /// Eight sizes for each power of two, so that similar ones share their blocks.
    private static func blockSize(_ count: Int) -> Int {
        let step = 1 << (Int.bitWidth - 1 - count.leadingZeroBitCount - 3)
        return (count + step - 1) / step * step
    }

    private static func fresh(_ size: Int) -> UnsafeMutablePointer<Float> {
        let bytes = size * MemoryLayout<Float>.stride
        let isLarge = bytes >= 1 << 22
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? 1 << 21 : 64)
        #if os(Linux)
            if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
        #endif
        return raw.bindMemory(to: Float.self, capacity: size)
    }
}

extension FloatPool.State {
    /// A kept block of that size if there is one, else what must be let go of to make room for a fresh one.
    fileprivate mutating func take(_ size: Int) -> (FloatPool.Block?, surplus: [FloatPool.Block]) {
        usedSize += size
        mostUsed = max(mostUsed, usedSize)
        if let index = kept.lastIndex(where: { $0.size == size }) {
            keptSize -= size
            return (kept.remove(at: index), [])
        }
        var surplus: [FloatPool.Block] = []
        while usedSize + keptSize > mostUsed {
            surplus.append(kept.removeFirst())
            keptSize -= surplus[surplus.count - 1].size
        }
        return (nil, surplus)
    }

    fileprivate mutating func keep(_ block: FloatPool.Block) {
        usedSize -= block.size
        keptSize += block.size
        kept.append(block)
    }
}
