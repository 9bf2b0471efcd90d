import CKernels

/// Structural similarity by channel, and its part for contrast and structure alone.
public struct ChannelSimilarities: Equatable, Sendable {
    public var similarity: [Double]
    public var contrast: [Double]
}

/// The mean structural similarity of two pictures [height, width, channels] with intensities in 0...`range`, of each channel:
/// Wang et al. 2004, with windows of 11 x 11, K1 = 0.01 and K2 = 0.03.
///
/// A row at a time: the window's sums down the columns, then along the row.
///
/// - Parameters:
///   - weights: of the window's six positions 0...5 away from its middle, along either side
///   - margin: pixels at each border that do not count; 5 or 0, where borders are mirrored with the edge pixel doubled
///   - pixelWeights: how much each pixel counts, [height, width]; nil where all count alike
/// - Returns: what is no number where nothing counts.
public func structuralSimilarity(
    _ x: UnsafePointer<Float>,
    _ y: UnsafePointer<Float>,
    height: Int,
    width: Int,
    channels: Int,
    range: Double,
    weights: [Double],
    margin: Int,
    pixelWeights: UnsafePointer<Float>? = nil
) -> ChannelSimilarities {
    require(
        weights.count == radius + 1 && (margin == 0 || 2 * margin < min(height, width)),
        "\(weights.count) weights and a margin of \(margin) for a picture of \(width)x\(height)"
    )
    let (row, reach) = (width * channels, radius * channels)
    let rows = height - 2 * margin
    // Of each row: by channel the similarities and the contrasts, then the weights of its pixels.
    let each = 2 * channels + 1
    var sums = [Double](repeating: 0, count: rows * each)
    sums.withUnsafeMutableBufferPointer { sums in
        Parallel.forRanges(rows, grain: 16) { band in
            // Four sums of each column, with room for what is mirrored; then the similarities.
            let padded = row + 2 * reach
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * padded + 2 * row) { memory in
                guard let memory = memory.baseAddress else { return }
                let columns = (0..<4).map { memory + $0 * padded + reach }
                let similarities = memory + 4 * padded
                let contrasts = similarities + row
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
                        range,
                        channels,
                        count,
                        similarities,
                        contrasts
                    )
                    let pixelWeights = pixelWeights.map { $0 + (line + margin) * width + margin }
                    for i in 0..<width - 2 * margin {
                        let weight = pixelWeights.map { Double($0[i]) } ?? 1
                        for c in 0..<channels {
                            sums[line * each + c] += weight * similarities[i * channels + c]
                            sums[line * each + channels + c] += weight * contrasts[i * channels + c]
                        }
                        sums[line * each + 2 * channels] += weight
                    }
                }
            }
        }
    }
    let totals = (0..<each).map { k in (0..<rows).reduce(0.0) { $0 + sums[$1 * each + k] } }
    return ChannelSimilarities(
        similarity: (0..<channels).map { totals[$0] / totals[2 * channels] },
        contrast: (0..<channels).map { totals[channels + $0] / totals[2 * channels] }
    )
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
