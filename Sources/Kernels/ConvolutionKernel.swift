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

    public init(
        batch: Int, height: Int, width: Int, channelsIn: Int, channelsOut: Int, kernel: Int, stride: Int,
        padding: (before: Int, after: Int)
    ) {
        self.batch = batch
        self.height = height
        self.width = width
        self.channelsIn = channelsIn
        self.channelsOut = channelsOut
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    public var outHeight: Int { (height + padding.before + padding.after - kernel) / stride + 1 }
    public var outWidth: Int { (width + padding.before + padding.after - kernel) / stride + 1 }
    /// Floats that one output value is computed from.
    var window: Int { kernel * kernel * channelsIn }
    /// The window is one pixel and the output lies as the input does.
    var isPointwise: Bool { kernel == 1 && stride == 1 && padding.before == 0 && padding.after == 0 }

    var columns: pk_window {
        pk_window(
            height: height, width: width, channels: channelsIn, out_width: outWidth, kernel: kernel, stride: stride,
            pad_top: padding.before, pad_left: padding.before)
    }
}

/// y = conv(x, weight) + bias.
///
/// - Parameters:
///   - x: [batch, height, width, channelsIn]
///   - weight: [channelsOut, kernel, kernel, channelsIn]
///   - bias: [channelsOut] or nil
///   - y: [batch, outHeight, outWidth, channelsOut]
public func convolutionForward(
    _ shape: ConvolutionShape, x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>
) {
    let pixels = shape.outHeight * shape.outWidth
    let filters = Matrix(weight, stride: shape.window, transposed: true)
    // Enough pixels that packing the filters is small beside the products.
    let tile = max(128, min(1024, (1 << 22) / shape.window))
    let tiles = (pixels + tile - 1) / tile
    Parallel.forEach(shape.batch * tiles) { index in
        let (b, first) = (index / tiles, index % tiles * tile)
        let count = min(tile, pixels - first)
        let output = y + (b * pixels + first) * shape.channelsOut
        let picture = x + b * shape.height * shape.width * shape.channelsIn
        fill(output, with: bias, rows: count, columns: shape.channelsOut)
        if shape.isPointwise {
            gemmSerial(
                count, shape.channelsOut, shape.window, Matrix(picture + first * shape.channelsIn, stride: shape.window),
                filters, beta: 1, output, stride: shape.channelsOut)
            return
        }
        let columns = UnsafeMutablePointer<Float>.allocate(capacity: count * shape.window)
        defer { columns.deallocate() }
        pk_im2col(picture, shape.columns, first, count, columns)
        gemmSerial(
            count, shape.channelsOut, shape.window, Matrix(columns, stride: shape.window), filters, beta: 1, output,
            stride: shape.channelsOut)
    }
}

/// Sets every row to `bias`, or to zeros.
func fill(_ rows: UnsafeMutablePointer<Float>, with bias: UnsafePointer<Float>?, rows count: Int, columns: Int) {
    for i in 0..<count {
        if let bias {
            (rows + i * columns).update(from: bias, count: columns)
        } else {
            (rows + i * columns).update(repeating: 0, count: columns)
        }
    }
}

/// y[rows, n] = x[rows, k] weight[n, k]ᵀ + bias[n].
public func linearForward(
    rows: Int, n: Int, k: Int, x: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>
) {
    if let bias { Parallel.forRanges(rows, grain: 1024) { fill(y + $0.lowerBound * n, with: bias, rows: $0.count, columns: n) } }
    gemm(
        rows, n, k, Matrix(x, stride: k), Matrix(weight, stride: k, transposed: true), beta: bias == nil ? 0 : 1, y,
        stride: n)
}
