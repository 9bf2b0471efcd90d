import CMemory
import Foundation
import Synchronization

/// Memory for tensors and for threads to work in, kept for the next time: the page faults of fresh memory cost more than
/// most operations. Free neighbours are joined, so that blocks of any size come from pages that are there. What is in use
/// and what is kept never exceed what was once in use since `giveBack`, so keeping costs no memory at the peak.
public final class FloatPool: Sendable {
    public static let shared = FloatPool()

    /// Addresses for all blocks; pages come when they are first touched.
    private let arena: FloatArena?
    private let state: Mutex<FreeRanges>

    public init() {
        let arena = FloatArena()
        self.arena = arena
        state = Mutex(FreeRanges(capacity: arena?.capacity ?? 0))
    }

    /// Smaller blocks are the allocator's: it keeps them itself.
    private static let least = 1 << 14
    /// Blocks are multiples of it: whole pages.
    private static let grain = 1 << 12

    /// `count` floats, whatever they hold, on a boundary of 64 bytes.
    public func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
        guard count >= Self.least, let arena else { return Self.fresh(count) }
        let start = state.withLock { state -> Int? in
            guard let start = state.take(Self.blockSize(count)) else { return nil }
            // Under the lock: nobody may have these addresses meanwhile.
            for range in state.removeSurplus() { arena.release(range) }
            return start
        }
        return start.map { arena.base + $0 } ?? Self.fresh(count)
    }

    /// Takes back what `allocate(count)` gave.
    public func deallocate(_ base: UnsafeMutablePointer<Float>, count: Int) {
        guard let start = arena?.offset(of: base) else { return free(base) }
        state.withLock { $0.give(start, Self.blockSize(count)) }
    }

    /// Takes back all but the first `smaller` of what `allocate(count)` gave; those are then as `allocate(smaller)` gives
    /// them.
    public func shrink(_ base: UnsafeMutablePointer<Float>, count: Int, to smaller: Int) {
        guard let start = arena?.offset(of: base) else { return }
        let (size, kept) = (Self.blockSize(count), Self.blockSize(smaller))
        if kept < size { state.withLock { $0.give(start + kept, size - kept) } }
    }

    /// Gives the system back what is kept, but for a little: when one network is done and another may follow, whose blocks
    /// are of other sizes.
    public func giveBack() {
        guard let arena else { return }
        state.withLock { state in
            state.keepAtMost(Self.keptBetweenNetworks)
            // Under the lock, as above.
            for range in state.removeSurplus() { arena.release(range) }
        }
    }

    /// What small networks need again and again.
    private static let keptBetweenNetworks = 1 << 24

    /// Calls `body` with `count` floats that are its own for so long.
    func with(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
        let base = allocate(count)
        defer { deallocate(base, count: count) }
        body(base)
    }

    /// Bytes in use and kept, small blocks apart.
    public var footprint: Int { state.withLock { ($0.usedSize + $0.keptSize) * MemoryLayout<Float>.stride } }

    private static func blockSize(_ count: Int) -> Int { (count + grain - 1) / grain * grain }

    private static func fresh(_ count: Int) -> UnsafeMutablePointer<Float> {
        pk_memory_allocate(max(1, count) * MemoryLayout<Float>.stride, 64)
            .bindMemory(to: Float.self, capacity: max(1, count))
    }
}

/// A range of addresses, far larger than any memory.
private final class FloatArena: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    /// In floats.
    let capacity: Int

    /// nil where the system gives no such range.
    init?() {
        // A terabyte; less where the process may not have as many addresses.
        for bits in stride(from: 40, through: 33, by: -1) {
            let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
            guard let raw = mmap(nil, 1 << bits, PROT_READ | PROT_WRITE, flags, -1, 0), raw != MAP_FAILED else {
                continue
            }
            #if os(Linux)
                madvise(raw, 1 << bits, MADV_HUGEPAGE)
            #endif
            capacity = (1 << bits) / MemoryLayout<Float>.stride
            base = raw.bindMemory(to: Float.self, capacity: capacity)
            return
        }
        return nil
    }

    deinit { munmap(base, capacity * MemoryLayout<Float>.stride) }

    /// nil for memory from elsewhere.
    func offset(of pointer: UnsafeMutablePointer<Float>) -> Int? {
        let offset = pointer - base
        return offset >= 0 && offset < capacity ? offset : nil
    }

    /// Gives the pages back; the addresses stay.
    func release(_ range: Range<Int>) {
        madvise(base + range.lowerBound, range.count * MemoryLayout<Float>.stride, MADV_DONTNEED)
    }
}
