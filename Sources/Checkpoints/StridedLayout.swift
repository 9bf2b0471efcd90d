/// How a tensor's elements lie in a row of numbers, counted in elements.
struct StridedLayout: Hashable, Sendable {
    let shape: [Int]
    let strides: [Int]
    let offset: Int
    /// The number of elements.
    let count: Int

    static let rankLimit = 16

    /// Nil when sizes or strides are negative or overflow, when the elements lie outside of `available` numbers, or
    /// when more elements than these, and than `repetitionLimit`, are asked for.
    init?(shape: [Int], strides: [Int], offset: Int, available: Int, repetitionLimit: Int) {
        guard shape.count == strides.count, shape.count <= Self.rankLimit, offset >= 0,
            (shape + strides).allSatisfy({ $0 >= 0 })
        else { return nil }
        var count = 1
        var last = offset
        for (size, stride) in zip(shape, strides) {
            let (product, over) = count.multipliedReportingOverflow(by: size)
            let (reach, tooFar) = max(0, size - 1).multipliedReportingOverflow(by: stride)
            let (sum, carry) = last.addingReportingOverflow(reach)
            guard !over, !tooFar, !carry else { return nil }
            (count, last) = (product, sum)
        }
        guard count == 0 ? offset <= available : last < available else { return nil }
        guard count <= max(available, repetitionLimit) else { return nil }
        (self.shape, self.strides, self.offset, self.count) = (shape, strides, offset, count)
    }

    /// Whether the elements follow each other in row-major order.
    var isContiguous: Bool {
        var expected = 1
        for (size, stride) in zip(shape, strides).reversed() where size != 1 {
            guard stride == expected || count == 0 else { return false }
            expected *= size
        }
        return true
    }

    /// Copies the elements in row-major order.
    ///
    /// - Parameter storage: all the numbers that `offset` and strides count over
    func gather<Element: BitwiseCopyable>(
        from storage: UnsafeRawBufferPointer,
        into target: UnsafeMutablePointer<Element>
    ) {
        guard count > 0, let base = storage.baseAddress else { return }
        let size = MemoryLayout<Element>.size
        let (rowLength, rowStride) = (shape.last ?? 1, strides.last ?? 1)
        var index = [Int](repeating: 0, count: max(0, shape.count - 1))
        var written = 0
        while written < count {
            let start = zip(index, strides).reduce(offset) { $0 + $1.0 * $1.1 }
            for column in 0..<rowLength {
                target[written + column] = base.loadUnaligned(
                    fromByteOffset: (start + column * rowStride) * size,
                    as: Element.self
                )
            }
            written += rowLength
            for dimension in index.indices.reversed() {
                index[dimension] += 1
                if index[dimension] < shape[dimension] { break }
                index[dimension] = 0
            }
        }
    }
}
