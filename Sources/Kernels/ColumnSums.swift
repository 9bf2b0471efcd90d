import CKernels

/// The sum of each column of x [rows, columns]: floats over at most 64 rows, doubles beyond.
public func columnSums(_ x: UnsafePointer<Float>, rows: Int, columns: Int) -> [Double] {
    bandedTotals(rows: rows, columns: columns, totals: columns) { band, sums in
        pk_channel_sums(x + band.lowerBound * columns, band.count, columns, sums)
    }
}

/// Totals over rows: `addBand` adds those of a band of rows to doubles that start at zero. The bands depend on the sizes
/// alone and are added up in order.
func bandedTotals(
    rows: Int,
    columns: Int,
    totals count: Int,
    _ addBand: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
    let grain = max(64, (1 << 16) / max(1, columns))
    let bands = (rows + grain - 1) / grain
    var partial = [Double](repeating: 0, count: bands * count)
    partial.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        Parallel.forEach(bands) { i in addBand(i * grain..<min(rows, (i + 1) * grain), base + i * count) }
    }
    var totals = [Double](repeating: 0, count: count)
    for i in 0..<bands { for c in 0..<count { totals[c] += partial[i * count + c] } }
    return totals
}
