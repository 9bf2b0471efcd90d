import CKernels

/// Floats as they lie in a file: of 32 or 16 bits, at any alignment. Products widen them on the way into their panels.
public struct StoredFloats {
    public let base: UnsafeRawPointer
    public let element: pk_element

    public init(_ base: UnsafePointer<Float>) { self.init(base, of: PK_F32) }

    public init(_ base: UnsafeRawPointer, of element: pk_element) {
        self.base = base
        self.element = element
    }

    private var size: Int { element == PK_F32 ? 4 : 2 }

    /// The floats that need no widening.
    public var aligned: UnsafePointer<Float>? {
        guard element == PK_F32, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 else { return nil }
        return base.assumingMemoryBound(to: Float.self)
    }

    /// Those from number `offset` on.
    public func from(_ offset: Int) -> StoredFloats { StoredFloats(base + offset * size, of: element) }

    /// Widens the numbers of a range.
    public func copy(_ range: Range<Int>, to floats: UnsafeMutablePointer<Float>) {
        let from = base + range.lowerBound * size
        Parallel.forRanges(range.count, grain: 1 << 16) { part in
            widen(from + part.lowerBound * size, to: floats + part.lowerBound, count: part.count)
        }
    }

    /// Widens rows of `columns` numbers each, one after the other.
    ///
    /// - Parameter indices: which rows
    public func copyRows(_ indices: [Int], columns: Int, to floats: UnsafeMutablePointer<Float>) {
        let base = base
        Parallel.forRanges(indices.count, grain: max(1, (1 << 16) / max(1, columns))) { part in
            for i in part { widen(base + indices[i] * columns * size, to: floats + i * columns, count: columns) }
        }
    }

    private func widen(_ from: UnsafeRawPointer, to floats: UnsafeMutablePointer<Float>, count: Int) {
        switch element {
        case PK_F16: pk_from_f16(from, floats, count)
        case PK_BF16: pk_from_bf16(from, floats, count)
        default: UnsafeMutableRawPointer(floats).copyMemory(from: from, byteCount: count * size)
        }
    }
}
