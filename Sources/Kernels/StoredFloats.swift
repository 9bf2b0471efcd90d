import CKernels

/// Floats as they lie in a file, at any alignment: of 32 bits or fewer, or in GGUF's blocks. Products widen them on the way
/// into their panels.
public struct StoredFloats {
    private let numbers: pk_numbers

    public init(_ base: UnsafePointer<Float>) { self.init(base, of: PK_F32) }

    /// - Parameter scale: what floats of 8 bits are multiplied by, each rounded once
    public init(_ base: UnsafeRawPointer, of element: pk_element, scale: Float = 1) {
        self.init(pk_numbers(base: base, type: element, scale: scale, first: 0))
    }

    private init(_ numbers: pk_numbers) { self.numbers = numbers }

    public var element: pk_element { numbers.type }

    /// The floats that need no widening.
    public var aligned: UnsafePointer<Float>? {
        guard element == PK_F32, Int(bitPattern: numbers.base) % MemoryLayout<Float>.alignment == 0 else { return nil }
        return numbers.base.assumingMemoryBound(to: Float.self)
    }

    /// Those from number `offset` on.
    public func from(_ offset: Int) -> StoredFloats {
        let block = pk_block_of(element)
        var moved = numbers
        if block.numbers == 1 { moved.base += offset * block.bytes } else { moved.first += offset }
        return StoredFloats(moved)
    }

    /// The same numbers times a factor; nil where what they are stored in has no place for one.
    public func scaled(by factor: Float) -> StoredFloats? {
        guard [PK_F8_E4M3, PK_F8_E5M2].contains(element), numbers.scale == 1 else { return nil }
        var scaled = numbers
        scaled.scale = factor
        return StoredFloats(scaled)
    }

    /// The right side of a product: so many numbers from one row to the next, and from one column to the next.
    func operand(kStride: Int, nStride: Int) -> pk_gemm_operand {
        pk_gemm_operand(numbers: numbers, k_stride: kStride, n_stride: nStride)
    }

    /// Widens the numbers of a range.
    public func copy(_ range: Range<Int>, to floats: UnsafeMutablePointer<Float>) {
        let numbers = numbers
        Parallel.forRanges(range.count, grain: 1 << 16) { part in
            pk_widen(numbers, range.lowerBound + part.lowerBound, part.count, floats + part.lowerBound)
        }
    }

    /// Widens rows of `columns` numbers each, one after the other.
    ///
    /// - Parameter indices: which rows
    public func copyRows(_ indices: [Int], columns: Int, to floats: UnsafeMutablePointer<Float>) {
        let numbers = numbers
        Parallel.forRanges(indices.count, grain: max(1, (1 << 16) / max(1, columns))) { part in
            for i in part { pk_widen(numbers, indices[i] * columns, columns, floats + i * columns) }
        }
    }
}
