import CKernels

/// One two-dimensional convolution over pictures whose channels lie side by side (batch, height, width, channels).
public struct ConvolutionShape {
    public let batch: Int
    public let height: Int
    public let width: Int
    public let channelsIn: Int
    public let channelsOut: Int
    public let kernel: Int
    public let stride: Int
    /// Zeros before the first and after the last row and column.
    public let padding: (before: Int, after: Int)
    /// How its sums are rounded, forward and back.
    public let precision: ComputeSettings.Precision

    public init(
        batch: Int,
        height: Int,
        width: Int,
        channelsIn: Int,
        channelsOut: Int,
        kernel: Int,
        stride: Int,
        padding: (before: Int, after: Int),
        precision: ComputeSettings.Precision = ComputeSettings.current.precision
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.channelsIn = channelsIn
        self.channelsOut = channelsOut
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.precision = precision
    }

    public var outHeight: Int { (height + padding.before + padding.after - kernel) / stride + 1 }
    public var outWidth: Int { (width + padding.before + padding.after - kernel) / stride + 1 }
    /// Floats that one output value is computed from.
    var window: Int { kernel * kernel * channelsIn }
    /// The window is one pixel and the output lies as the input does.
    var isPointwise: Bool { kernel == 1 && stride == 1 && padding.before == 0 && padding.after == 0 }

    /// Output pixels that are handled at a time: enough that packing the filters is small beside the products.
    var pixelTile: Int { max(128, min(1024, (1 << 22) / max(1, window))) }
    /// Floats in the windows of one tile.
    var columnScratch: Int { isPointwise ? 0 : min(pixelTile, outPixels) * window }
    var outPixels: Int { outHeight * outWidth }
    /// Floats in one input picture.
    var picture: Int { height * width * channelsIn }
    /// Where an input pixel lies.
    func pixel(_ b: Int, _ y: Int, _ x: Int) -> Int { ((b * height + y) * width + x) * channelsIn }

    /// The convolution with turned filters that takes gradients of the outputs, at stride 1, back to the inputs.
    var ofInputGradient: ConvolutionShape {
        ConvolutionShape(
            batch: batch,
            height: outHeight,
            width: outWidth,
            channelsIn: channelsOut,
            channelsOut: channelsIn,
            kernel: kernel,
            stride: stride,
            padding: (kernel - 1 - padding.before, kernel - 1 - padding.after),
            precision: precision
        )
    }

    var columns: pk_window {
        pk_window(
            height: height,
            width: width,
            channels: channelsIn,
            out_width: outWidth,
            kernel: kernel,
            stride: stride,
            pad_top: padding.before,
            pad_left: padding.before
        )
    }
}

/// y = conv(x, weight) + what `output` adds.
///
/// 3x3 windows of stride 1 go by Winograd where that is faster and their precision allows it.
public func convolutionForward(
    _ shape: ConvolutionShape,
    _ input: ConvolutionInput,
    _ filters: ConvolutionFilters,
    _ output: ConvolutionOutput,
    limits: ConvolutionLimits = ConvolutionLimits()
) {
    guard shape.batch > 0, shape.outPixels > 0, shape.channelsOut > 0 else { return }
    if shape.precision.rounds { return RoundedConvolution(shape, limits: limits)(input, filters, output) }
    if let winograd = WinogradKernel(shape, limits: limits) { return winograd(input, filters, output) }
    guard case .none = input.preparation else {
        return FloatPool.shared.with(shape.batch * shape.picture) { pixels in
            prepare(shape, input, to: pixels)
            DirectConvolution(shape, limits: limits)(ConvolutionInput(pixels), filters, output)
        }
    }
    DirectConvolution(shape, limits: limits)(input, filters, output)
}

/// A pointwise convolution to no more channels than x has, written over x without gaps: each band of pixels is made
/// beside it and goes where pixels have been read.
///
/// - Parameters:
///   - x: [pixels, channelsIn], then y [pixels, channelsOut]
///   - bias: one row for all pixels
public func pointwiseConvolution(
    replacing x: UnsafeMutablePointer<Float>,
    pixels: Int,
    channelsIn: Int,
    channelsOut: Int,
    _ filters: ConvolutionFilters,
    bias: UnsafePointer<Float>?
) {
    let band = max(1, min(pixels, (1 << 22) / max(1, channelsIn)))
    FloatPool.shared.with(band * channelsOut) { y in
        for first in stride(from: 0, to: pixels, by: band) {
            let count = min(band, pixels - first)
            let shape = ConvolutionShape(
                batch: 1,
                height: 1,
                width: count,
                channelsIn: channelsIn,
                channelsOut: channelsOut,
                kernel: 1,
                stride: 1,
                padding: (0, 0)
            )
            let from = ConvolutionInput(x + first * channelsIn)
            convolutionForward(shape, from, filters, ConvolutionOutput(y, bias: bias))
            let to = x + first * channelsOut
            Parallel.forRanges(count * channelsOut, grain: 1 << 16) { range in
                (to + range.lowerBound).update(from: y + range.lowerBound, count: range.count)
            }
        }
    }
}

/// The picture as the convolution sees it.
private func prepare(_ shape: ConvolutionShape, _ input: ConvolutionInput, to pixels: UnsafeMutablePointer<Float>) {
    Parallel.forEach(shape.batch * shape.height) { line in
        let (b, y) = (line / shape.height, line % shape.height)
        input.copyRow(shape, picture: b, y: y, x: 0..<shape.width, to: pixels + shape.pixel(b, y, 0))
    }
}

/// sum += parts[0] + parts[1] + ..., one after the other.
func addInOrder(_ parts: [UnsafePointer<Float>], to sum: UnsafeMutablePointer<Float>, count: Int) {
    guard !parts.isEmpty else { return }
    Parallel.forRanges(count, grain: 1 << 15) { range in
        for part in parts { pk_accumulate(part + range.lowerBound, 1, sum + range.lowerBound, range.count) }
    }
}
