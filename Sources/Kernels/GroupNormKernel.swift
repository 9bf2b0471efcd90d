import CKernels

/// The sizes of one group normalisation of x [batch, pixels, channels].
public struct GroupNormShape {
    public let batch: Int
    public let pixels: Int
    public let channels: Int
    public let groups: Int

    public init(batch: Int, pixels: Int, channels: Int, groups: Int) {
        self.batch = batch
        self.pixels = pixels
        self.channels = channels
        self.groups = groups
    }

    var channelsPerGroup: Int { channels / groups }
    /// Floats in one picture.
    var picture: Int { pixels * channels }
    /// Pixels that one thread handles at a time.
    var grain: Int { max(1, (1 << 16) / max(1, channels)) }
}

/// The mean and reciprocal deviation of each group of channels, per picture: exact, in two passes over each band while
/// it is in the cache.
public struct GroupStatistics: Sendable {
    /// [batch, groups]
    let mean: [Float]
    /// [batch, groups]: 1 / sqrt(variance + eps)
    let rstd: [Float]

    public init(_ shape: GroupNormShape, x: UnsafePointer<Float>, eps: Float) {
        let bands = (shape.pixels + shape.grain - 1) / shape.grain
        var parts = [Moments](repeating: Moments(), count: shape.batch * bands * shape.groups)
        parts.withUnsafeMutableBufferPointer { buffer in
            Parallel.forEach(shape.batch * bands, work: 4 * shape.batch * shape.picture) { i in
                let first = i % bands * shape.grain
                Moments.ofBand(
                    x + i / bands * shape.picture + first * shape.channels,
                    pixels: min(shape.grain, shape.pixels - first),
                    shape,
                    UnsafeMutableBufferPointer(rebasing: buffer[i * shape.groups..<(i + 1) * shape.groups])
                )
            }
        }
        let totals = (0..<shape.batch * shape.groups).map { i in
            let (b, g) = (i / shape.groups, i % shape.groups)
            return (0..<bands).reduce(into: Moments()) { $0.add(parts[(b * bands + $1) * shape.groups + g]) }
        }
        mean = totals.map { Float($0.mean) }
        rstd = totals.map { Float(1 / ($0.squares / $0.count + Double(eps)).squareRoot()) }
    }

    /// What normalises picture `b`, per channel: x * scale + shift.
    fileprivate func affine(
        _ shape: GroupNormShape,
        picture b: Int,
        weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>
    ) -> (scale: [Float], shift: [Float]) {
        let group = { b * shape.groups + $0 / shape.channelsPerGroup }
        let scale = (0..<shape.channels).map { rstd[group($0)] * weight[$0] }
        return (scale, (0..<shape.channels).map { bias[$0] - mean[group($0)] * scale[$0] })
    }
}

/// How many numbers, their mean, and the sum of squares about it.
private struct Moments {
    var count = 0.0
    var mean = 0.0
    var squares = 0.0

    /// Chan, Golub, LeVeque 1979.
    mutating func add(_ other: Moments) {
        let total = count + other.count
        let distance = other.mean - mean
        squares += other.squares + distance * distance * count * other.count / total
        mean += distance * other.count / total
        count = total
    }

    /// Of each group over a band of pixels.
    static func ofBand(
        _ x: UnsafePointer<Float>,
        pixels: Int,
        _ shape: GroupNormShape,
        _ groups: UnsafeMutableBufferPointer<Moments>
    ) {
        let (channels, perGroup) = (shape.channels, shape.channelsPerGroup)
        let count = Double(pixels * perGroup)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: channels) { totals in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: channels) { centres in
                guard let sums = totals.baseAddress, let centre = centres.baseAddress else { return }
                let total = { (g: Int) in (g * perGroup..<(g + 1) * perGroup).reduce(0.0) { $0 + sums[$1] } }
                sums.initialize(repeating: 0, count: channels)
                pk_channel_sums(x, pixels, channels, sums)
                for g in groups.indices { groups[g] = Moments(count: count, mean: total(g) / count) }
                for c in 0..<channels { centre[c] = Float(groups[c / perGroup].mean) }
                sums.update(repeating: 0, count: channels)
                pk_channel_squares(x, centre, pixels, channels, sums)
                // The centre is the mean rounded; of equal numbers the difference may fall below zero.
                for g in groups.indices {
                    let rounding = groups[g].mean - Double(centre[g * perGroup])
                    groups[g].squares = max(0, total(g) - count * rounding * rounding)
                }
            }
        }
    }
}

/// A group normalisation as it acts on each pixel, x * scale + shift per channel, then SiLU if asked.
public struct ChannelNormalization {
    private let channels: Int
    private let silu: Bool
    /// [batch, channels]
    private let scale: [Float]
    private let shift: [Float]

    public init(
        _ shape: GroupNormShape,
        _ statistics: GroupStatistics,
        weight: UnsafePointer<Float>,
        bias: UnsafePointer<Float>,
        silu: Bool
    ) {
        channels = shape.channels
        self.silu = silu
        let affine = (0..<shape.batch).map { statistics.affine(shape, picture: $0, weight: weight, bias: bias) }
        scale = affine.flatMap(\.scale)
        shift = affine.flatMap(\.shift)
    }

    /// Pixels of picture b.
    func apply(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, pixels: Int, picture b: Int) {
        scale.withUnsafeBufferPointer { scale in
            shift.withUnsafeBufferPointer { shift in
                guard let scale = scale.baseAddress, let shift = shift.baseAddress else { return }
                pk_channel_affine(x, scale + b * channels, shift + b * channels, y, pixels, channels, silu ? 1 : 0)
            }
        }
    }
}

/// y = (x - mean) rstd weight + bias, then SiLU if asked.
public func groupNormForward(
    _ shape: GroupNormShape,
    x: UnsafePointer<Float>,
    statistics: GroupStatistics,
    weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    silu: Bool,
    y: UnsafeMutablePointer<Float>
) {
    let normalization = ChannelNormalization(shape, statistics, weight: weight, bias: bias, silu: silu)
    for b in 0..<shape.batch {
        Parallel.forRanges(shape.pixels, grain: shape.grain) { band in
            let start = b * shape.picture + band.lowerBound * shape.channels
            normalization.apply(x + start, to: y + start, pixels: band.count, picture: b)
        }
    }
}

/// The gradients of all three inputs. With d the gradient that arrives at the affine map, h the standardized x and
/// means over a group: dx = rstd (weight d - mean(weight d) - h mean(weight d h)).
public func groupNormBackward(
    _ shape: GroupNormShape,
    x: UnsafePointer<Float>,
    statistics: GroupStatistics,
    weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>,
    silu: Bool,
    dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>,
    dweight: UnsafeMutablePointer<Float>,
    dbias: UnsafeMutablePointer<Float>
) {
    let (channels, perGroup) = (shape.channels, shape.channelsPerGroup)
    let count = Double(shape.pixels * perGroup)
    var weightTotals = [Double](repeating: 0, count: channels)
    var biasTotals = weightTotals
    for b in 0..<shape.batch {
        let (scale, shift) = statistics.affine(shape, picture: b, weight: weight, bias: bias)
        let mean = (0..<channels).map { statistics.mean[b * shape.groups + $0 / perGroup] }
        let rstd = (0..<channels).map { Double(statistics.rstd[b * shape.groups + $0 / perGroup]) }
        let start = b * shape.picture
        // Per channel: the sums of d, then those of d (x - mean).
        let totals = bandedTotals(rows: shape.pixels, columns: channels, totals: 2 * channels) { band, sums in
            let first = start + band.lowerBound * channels
            pk_channel_gradient_sums(
                x + first,
                dy + first,
                scale,
                shift,
                mean,
                silu ? 1 : 0,
                band.count,
                channels,
                sums,
                sums + channels
            )
        }
        for c in 0..<channels {
            biasTotals[c] += totals[c]
            weightTotals[c] += totals[channels + c] * rstd[c]
        }
        let groupMean = { (offset: Int, g: Int) in
            (g * perGroup..<(g + 1) * perGroup).reduce(0.0) { $0 + totals[offset + $1] * Double(weight[$1]) } / count
        }
        let means = (0..<shape.groups).map { groupMean(0, $0) }
        let slopes = (0..<shape.groups).map { groupMean(channels, $0) }
        let offset = (0..<channels).map { Float(-rstd[$0] * means[$0 / perGroup]) }
        let slope = (0..<channels).map { Float(-rstd[$0] * rstd[$0] * rstd[$0] * slopes[$0 / perGroup]) }
        Parallel.forRanges(shape.pixels, grain: shape.grain) { band in
            let first = start + band.lowerBound * channels
            pk_channel_affine_backward(
                x + first,
                dy + first,
                scale,
                shift,
                mean,
                slope,
                offset,
                silu ? 1 : 0,
                dx + first,
                band.count,
                channels
            )
        }
    }
    for c in 0..<channels {
        dweight[c] = Float(weightTotals[c])
        dbias[c] = Float(biasTotals[c])
    }
}
