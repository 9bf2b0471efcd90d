import CKernels
import Foundation

/// Floats on a boundary of 64 bytes while it lives, whatever they hold; large ones in large pages, as the page faults of
/// fresh memory otherwise cost more than a pass over it.
final class AlignedFloats: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(_ count: Int) {
        self.count = count
        let bytes = max(1, count) * MemoryLayout<Float>.stride
        let isLarge = bytes >= 1 << 22
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: isLarge ? 1 << 21 : 64)
        #if os(Linux)
            if isLarge { madvise(raw, bytes, MADV_HUGEPAGE) }
        #endif
        base = raw.bindMemory(to: Float.self, capacity: max(1, count))
    }

    deinit { base.deallocate() }
}
