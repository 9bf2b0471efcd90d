import CKernels

/// Floats as they lie in a file, at any alignment: of 32 bits or fewer, or in GGUF's blocks; or a matrix that is computed of
/// such. Products widen or compute them on the way into their panels.
public struct StoredFloats {
    private enum Source {
        case numbers(pk_numbers)
        /// From one of its numbers on, counted row by row.
        case computed(ComputedMatrix, first: Int)
    }

    private let source: Source

    public init(_ base: UnsafePointer<Float>) { self.init(base, of: .f32) }

    public init(_ matrix: ComputedMatrix) { source = .computed(matrix, first: 0) }

    /// - Parameter scale: what floats of 8 bits are multiplied by, each rounded once
    public init(_ base: UnsafeRawPointer, of element: Element, scale: Float = 1) {
        self.init(pk_numbers(base: base, type: element.stored, scale: scale, first: 0))
    }

    private init(_ numbers: pk_numbers) { source = .numbers(numbers) }

    /// Many numbers at a time are had sooner than as many in small pieces.
    var prefersLongRuns: Bool {
        switch source {
        case .numbers(let numbers): pk_block_of(numbers.type).numbers > 1
        case .computed: true
        }
    }

    /// The floats that need no widening.
    public var aligned: UnsafePointer<Float>? {
        guard case .numbers(let numbers) = source, numbers.type == PK_F32,
            Int(bitPattern: numbers.base) % MemoryLayout<Float>.alignment == 0
        else { return nil }
        return numbers.base.assumingMemoryBound(to: Float.self)
    }

    /// The matrix that is computed; nil for numbers in memory.
    public var computed: ComputedMatrix? {
        guard case .computed(let matrix, first: 0) = source else { return nil }
        return matrix
    }

    /// Those from number `offset` on.
    public func from(_ offset: Int) -> StoredFloats {
        switch source {
        case .numbers(var moved):
            let block = pk_block_of(moved.type)
            if block.numbers == 1 { moved.base += offset * block.bytes } else { moved.first += offset }
            return StoredFloats(moved)
        case .computed(let matrix, let first): return StoredFloats(source: .computed(matrix, first: first + offset))
        }
    }

    private init(source: Source) { self.source = source }

    /// The same numbers times a factor; nil where what they are stored in has no place for one.
    public func scaled(by factor: Float) -> StoredFloats? {
        guard case .numbers(var scaled) = source, [PK_F8_E4M3, PK_F8_E5M2].contains(scaled.type), scaled.scale == 1
        else { return nil }
        scaled.scale = factor
        return StoredFloats(scaled)
    }

    /// The same numbers, ready for products: a matrix of which no part can be had alone is made.
    public var prepared: StoredFloats {
        guard case .computed(let matrix, let first) = source else { return self }
        return StoredFloats(source: .computed(matrix.prepared, first: first))
    }

    /// Packs the right side of a product, k rows of n columns, panel after panel (gemm.h): so many numbers from one row to the
    /// next, and from one column to the next.
    func pack(
        kStride: Int,
        nStride: Int,
        n: Int,
        k: Int,
        _ kernels: pk_gemm_kernels,
        to packed: UnsafeMutablePointer<Float>
    ) {
        switch source {
        case .numbers(let numbers):
            kernels.pack(pk_gemm_operand(numbers: numbers, k_stride: kStride, n_stride: nStride), n, k, packed)
        case .computed(let matrix, let first):
            let (row, column) = first.quotientAndRemainder(dividingBy: max(1, matrix.columns))
            if kStride == 1, nStride == matrix.columns {
                return matrix.pack(rows: row..<row + n, columns: column..<column + k, kernels, to: packed)
            }
            require(nStride == 1 && kStride == matrix.columns, "a computed matrix has rows of its own")
            FloatPool.shared.with(n * k) { floats in
                matrix.copy(rows: row..<row + k, columns: column..<column + n, to: floats)
                StoredFloats(floats).pack(kStride: n, nStride: 1, n: n, k: k, kernels, to: packed)
            }
        }
    }

    /// Widens `count` numbers, by one thread.
    ///
    /// - Precondition: they are in memory
    func widen(_ first: Int, _ count: Int, to floats: UnsafeMutablePointer<Float>) {
        guard case .numbers(let numbers) = source else { fail("a computed matrix is no operand") }
        pk_widen(numbers, first, count, floats)
    }

    /// Widens the numbers of a range; of a computed matrix whole rows.
    public func copy(_ range: Range<Int>, to floats: UnsafeMutablePointer<Float>) {
        switch source {
        case .numbers(let numbers):
            Parallel.forRanges(range.count, grain: 1 << 16) { part in
                pk_widen(numbers, range.lowerBound + part.lowerBound, part.count, floats + part.lowerBound)
            }
        case .computed(let matrix, let first):
            let columns = max(1, matrix.columns)
            let (start, end) = (first + range.lowerBound, first + range.upperBound)
            require(start % columns == 0 && end % columns == 0, "part of a computed matrix's row")
            matrix.copy(rows: start / columns..<end / columns, columns: 0..<columns, to: floats)
        }
    }

    /// Widens rows of `columns` numbers each, one after the other.
    ///
    /// - Parameter indices: which rows
    public func copyRows(_ indices: [Int], columns: Int, to floats: UnsafeMutablePointer<Float>) {
        Parallel.forRanges(indices.count, grain: max(1, (1 << 16) / max(1, columns))) { part in
            for i in part {
                copy(indices[i] * columns..<(indices[i] + 1) * columns, to: floats + i * columns)
            }
        }
    }
}
