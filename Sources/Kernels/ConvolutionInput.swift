/// What a convolution reads.
public struct ConvolutionInput {
    /// What happens to the pixels on the way in; the padding stays zero.
    public enum Preparation {
        case none
        case normalized(ChannelNormalization)
        /// Each pixel of x stands for four, so x has half the height and width.
        case upsampled
    }

    let x: UnsafePointer<Float>
    let preparation: Preparation

    /// - Parameter x: [batch, height, width, channels]
    public init(_ x: UnsafePointer<Float>, _ preparation: Preparation = .none) {
        self.x = x
        self.preparation = preparation
    }

    /// The pixels `columns` of row y as the convolution sees them, those outside the picture zero.
    func copyRow(
        _ shape: ConvolutionShape,
        picture b: Int,
        y: Int,
        x columns: Range<Int>,
        to row: UnsafeMutablePointer<Float>
    ) {
        let channels = shape.channelsIn
        let inside = columns.clamped(to: 0..<shape.width)
        guard (0..<shape.height).contains(y), !inside.isEmpty else {
            return row.update(repeating: 0, count: columns.count * channels)
        }
        let before = inside.lowerBound - columns.lowerBound
        row.update(repeating: 0, count: before * channels)
        let after = (inside.upperBound - columns.lowerBound) * channels
        (row + after).update(repeating: 0, count: (columns.upperBound - inside.upperBound) * channels)

        let to = row + before * channels
        switch preparation {
        case .none:
            to.update(from: x + shape.pixel(b, y, inside.lowerBound), count: inside.count * channels)
        case .normalized(let normalization):
            normalization.apply(x + shape.pixel(b, y, inside.lowerBound), to: to, pixels: inside.count, picture: b)
        case .upsampled:
            let line = x + (b * (shape.height / 2) + y / 2) * (shape.width / 2) * channels
            for (i, column) in inside.enumerated() {
                (to + i * channels).update(from: line + column / 2 * channels, count: channels)
            }
        }
    }
}
