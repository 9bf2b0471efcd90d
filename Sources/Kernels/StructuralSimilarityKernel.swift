import CKernels

/// The mean structural similarity of two pictures [height, width, channels] with intensities in 0...1, over all channels:
/// Wang et al. 2004, with windows of 11 x 11, K1 = 0.01 and K2 = 0.03.
///
/// A row at a time: the window's sums down the columns, then along the row.
///
/// - Parameters:
///   - weights: of the window's six positions 0...5 away from its middle, along either side
///   - margin: pixels at each border that do not count; 5 or 0, where borders are mirrored with the edge pixel doubled
public func structuralSimilarity(
    _ x: UnsafePointer<Float>,
    _ y: UnsafePointer<Float>,
    height: Int,
    width: Int,
    channels: Int,
    weights: [Double],
    margin: Int
) -> Double {
    precondition(weights.count == radius + 1 && (margin == 0 || 2 * margin < min(height, width)))
    let (row, reach) = (width * channels, radius * channels)
    let rows = height - 2 * margin
    var sums = [Double](repeating: 0, count: rows)
    sums.withUnsafeMutableBufferPointer { sums in
        Parallel.forRanges(rows, grain: 16) { band in
            // Four sums of each column, with room for what is mirrored; then the similarities.
            let padded = row + 2 * reach
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * padded + row) { memory in
                guard let memory = memory.baseAddress else { return }
                let columns = (0..<4).map { memory + $0 * padded + reach }
                let similarities = memory + 4 * padded
                for line in band {
                    let sources = (line + margin - radius...line + margin + radius).map { mirrored($0, height) * row }
                    pk_windows_down(
                        sources.map { Optional(x + $0) },
                        sources.map { Optional(y + $0) },
                        weights,
                        row,
                        columns[0],
                        columns[1],
                        columns[2],
                        columns[3]
                    )
                    if margin == 0 { for column in columns { mirrorEnds(column, width, channels) } }
                    let (first, count) = (margin * channels, row - 2 * margin * channels)
                    pk_similarities(
                        columns[0] + first,
                        columns[1] + first,
                        columns[2] + first,
                        columns[3] + first,
                        weights,
                        channels,
                        count,
                        similarities
                    )
                    sums[line] = (0..<count).reduce(0.0) { $0 + similarities[$1] }
                }
            }
        }
    }
    return sums.reduce(0, +) / Double(rows * (width - 2 * margin) * channels)
}

private let radius = 5

/// Where a position beside a line of `length` pixels is mirrored to.
private func mirrored(_ position: Int, _ length: Int) -> Int {
    let period = 2 * length
    let wrapped = ((position % period) + period) % period
    return wrapped < length ? wrapped : period - 1 - wrapped
}

/// Fills in what is mirrored before and after a line.
private func mirrorEnds(_ line: UnsafeMutablePointer<Double>, _ width: Int, _ channels: Int) {
    for beside in [-radius..<0, width..<width + radius].joined() {
        let source = mirrored(beside, width)
        for c in 0..<channels { line[beside * channels + c] = line[source * channels + c] }
    }
}
