import CKernels

/// What a convolution writes, and what it adds to its sums on the way out.
public struct ConvolutionOutput {
    let y: UnsafeMutablePointer<Float>
    let bias: UnsafePointer<Float>?
    let perPicture: Bool
    let residual: UnsafePointer<Float>?

    /// - Parameters:
    ///   - y: [batch, outHeight, outWidth, channelsOut]
    ///   - bias: [channelsOut], or [batch, channelsOut] if there is one per picture
    ///   - residual: as y, and perhaps y itself
    public init(
        _ y: UnsafeMutablePointer<Float>,
        bias: UnsafePointer<Float>?,
        perPicture: Bool = false,
        residual: UnsafePointer<Float>? = nil
    ) {
        self.y = y
        self.bias = bias
        self.perPicture = perPicture
        self.residual = residual
    }

    /// What is added to every pixel of picture b.
    func row(picture b: Int, channels: Int) -> UnsafePointer<Float>? {
        perPicture ? bias.map { $0 + b * channels } : bias
    }
}

extension ConvolutionOutput {
    /// What the sums of some pixels and outputs begin with: rows of all outputs, `stride` floats apart. Unless it is the
    /// same row for all, it is brought to y first.
    func begin(
        _ pixels: Range<Int>,
        _ outputs: Range<Int>,
        _ shape: ConvolutionShape
    ) -> (row: UnsafePointer<Float>?, stride: Int) {
        let channels = shape.channelsOut
        let pictures =
            pixels.lowerBound / shape.outPixels...max(pixels.lowerBound, pixels.upperBound - 1) / shape.outPixels
        if residual == nil, !perPicture || pictures.count == 1 {
            return (row(picture: pictures.lowerBound, channels: channels), 0)
        }
        for pixel in pixels {
            let at = pixel * channels + outputs.lowerBound
            let bias = row(picture: pixel / shape.outPixels, channels: channels).map { $0 + outputs.lowerBound }
            switch (residual, bias) {
            case (let residual?, let bias?): pk_add(residual + at, bias, y + at, outputs.count)
            case (let residual?, nil):
                if residual + at != UnsafePointer(y + at) { (y + at).update(from: residual + at, count: outputs.count) }
            case (nil, let bias?): (y + at).update(from: bias, count: outputs.count)
            case (nil, nil): (y + at).update(repeating: 0, count: outputs.count)
            }
        }
        return (UnsafePointer(y + pixels.lowerBound * channels), channels)
    }
}
