import CKernels

/// The mean and reciprocal deviation of each group of channels, per picture.
public struct GroupStatistics {
    /// [batch, groups]
    public let mean: [Float]
    /// [batch, groups]: 1 / sqrt(variance + eps)
    public let rstd: [Float]
}

/// Exact statistics in two passes; sums are taken over fixed bands of pixels and added up in order.
///
/// - Parameter x: [batch, pixels, channels]
public func groupStatistics(
    x: UnsafePointer<Float>, batch: Int, pixels: Int, channels: Int, groups: Int, eps: Float
) -> GroupStatistics {
    let perGroup = channels / groups
    let count = Double(pixels * perGroup)
    var means: [Float] = []
    var rstds: [Float] = []
    for b in 0..<batch {
        let picture = x + b * pixels * channels
        let sums = channelTotals(pixels: pixels, channels: channels) { band, sums in
            pk_channel_sums(picture + band.lowerBound * channels, band.count, channels, sums)
        }
        let mean = (0..<groups).map { g in
            Float(sums[g * perGroup..<(g + 1) * perGroup].reduce(0, +) / count)
        }
        let centres = (0..<channels).map { mean[$0 / perGroup] }
        let squares = channelTotals(pixels: pixels, channels: channels) { band, sums in
            pk_channel_squares(picture + band.lowerBound * channels, centres, band.count, channels, sums)
        }
        means += mean
        rstds += (0..<groups).map { g in
            let variance = squares[g * perGroup..<(g + 1) * perGroup].reduce(0, +) / count
            return Float(1 / (variance + Double(eps)).squareRoot())
        }
    }
    return GroupStatistics(mean: means, rstd: rstds)
}

/// y = (x - mean) rstd weight + bias, then SiLU if asked.
public func groupNormApply(
    x: UnsafePointer<Float>, statistics: GroupStatistics, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    batch: Int, pixels: Int, channels: Int, groups: Int, silu: Bool, y: UnsafeMutablePointer<Float>
) {
    let perGroup = channels / groups
    for b in 0..<batch {
        let scale = (0..<channels).map { statistics.rstd[b * groups + $0 / perGroup] * weight[$0] }
        let shift = (0..<channels).map { bias[$0] - statistics.mean[b * groups + $0 / perGroup] * scale[$0] }
        let offset = b * pixels * channels
        Parallel.forRanges(pixels, grain: max(1, (1 << 16) / channels)) { band in
            let start = offset + band.lowerBound * channels
            pk_channel_affine(x + start, scale, shift, y + start, band.count, channels, silu ? 1 : 0)
        }
    }
}

private func channelTotals(
    pixels: Int, channels: Int, _ addBand: (Range<Int>, UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
    let grain = max(64, (1 << 16) / channels)
    let bands = (pixels + grain - 1) / grain
    var partial = [Double](repeating: 0, count: bands * channels)
    partial.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        Parallel.forEach(bands) { i in
            addBand(i * grain..<min(pixels, (i + 1) * grain), base + i * channels)
        }
    }
    var totals = [Double](repeating: 0, count: channels)
    for i in 0..<bands { for c in 0..<channels { totals[c] += partial[i * channels + c] } }
    return totals
}
