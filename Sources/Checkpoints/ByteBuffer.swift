import CMemory
import Foundation

/// Bytes on the heap that a tensor can borrow.
final class ByteBuffer {
    let base: UnsafeMutableRawBufferPointer

    init(count: Int) {
        base = UnsafeMutableRawBufferPointer(start: pk_memory_allocate(count, 64), count: count)
    }

    convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(count: bytes.count)
        base.copyMemory(from: bytes)
    }

    deinit { free(base.baseAddress) }

    /// The elements of a strided layout, one after the other.
    func gather(_ layout: StridedLayout, from storage: UnsafeRawBufferPointer, elementSize: Int) {
        guard let target = base.baseAddress else { return }
        switch elementSize {
        case 1: layout.gather(from: storage, into: target.assumingMemoryBound(to: UInt8.self))
        case 2: layout.gather(from: storage, into: target.assumingMemoryBound(to: UInt16.self))
        case 4: layout.gather(from: storage, into: target.assumingMemoryBound(to: UInt32.self))
        default: layout.gather(from: storage, into: target.assumingMemoryBound(to: UInt64.self))
        }
    }
}
