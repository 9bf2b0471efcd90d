import CMemory
import Foundation

/// Bytes that are shared, not copied: those of a value that was read, a part of them, or numbers that somebody else holds.
public struct Bytes: RandomAccessCollection, @unchecked Sendable {
    /// Keeps the memory; nobody writes to it any more.
    public let owner: AnyObject
    /// Where they lie: good for as long as `owner` lives.
    public let memory: UnsafeRawBufferPointer

    /// Memory of somebody else, without a copy.
    ///
    /// - Parameter owner: keeps `memory` where it is, unchanged, for as long as it lives.
    public init(owner: AnyObject, _ memory: UnsafeRawBufferPointer) {
        self.owner = owner
        self.memory = memory
    }

    /// Memory of its own, which `fill` writes once.
    public init(count: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
        let memory = OwnedMemory(count: count)
        try fill(memory.buffer)
        self.init(owner: memory, UnsafeRawBufferPointer(memory.buffer))
    }

    public init(_ bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(owner) { try body(memory) }
    }

    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        try withExtendedLifetime(owner) { try memory.withMemoryRebound(to: UInt8.self, body) }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { memory.count }
    public subscript(position: Int) -> UInt8 { withExtendedLifetime(owner) { memory[position] } }

    /// The same memory: positions begin at 0 again.
    public subscript(bounds: Range<Int>) -> Bytes {
        Bytes(owner: owner, UnsafeRawBufferPointer(rebasing: memory[bounds]))
    }

    private final class OwnedMemory {
        let buffer: UnsafeMutableRawBufferPointer
        init(count: Int) {
            buffer = UnsafeMutableRawBufferPointer(start: pk_memory_allocate(count, 16), count: count)
        }
        deinit { free(buffer.baseAddress) }
    }
}

extension Bytes: Hashable {
    public static func == (a: Bytes, b: Bytes) -> Bool { a.elementsEqual(b) }
    public func hash(into hasher: inout Hasher) { withUnsafeBytes { hasher.combine(bytes: $0) } }
}
