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
        batch: Int,
        height: Int,
        width: Int,
        channelsIn: Int,
        channelsOut: Int,
        kernel: Int,
        stride: Int,
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

    /// Output pixels that are handled at a time: enough that packing the filters is small beside the products.
    var pixelTile: Int { max(128, min(1024, (1 << 22) / max(1, window))) }
    /// Floats in the windows of one tile.
    var columnScratch: Int { isPointwise ? 0 : min(pixelTile, outPixels) * window }
    var outPixels: Int { outHeight * outWidth }
    /// Floats in one input picture.
    var picture: Int { height * width * channelsIn }

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

/// y = conv(x, weight) + bias.
///
/// - Parameters:
///   - x: [batch, height, width, channelsIn]
///   - weight: [channelsOut, kernel, kernel, channelsIn]
///   - bias: [channelsOut] or nil
///   - y: [batch, outHeight, outWidth, channelsOut]
public func convolutionForward(
    _ shape: ConvolutionShape,
    x: UnsafePointer<Float>,
    weight: UnsafePointer<Float>,
    bias: UnsafePointer<Float>?,
    y: UnsafeMutablePointer<Float>
) {
    let filters = Matrix(weight, stride: shape.window, transposed: true)
    let tiles = (shape.outPixels + shape.pixelTile - 1) / shape.pixelTile
    Parallel.forEach(shape.batch * tiles, scratch: shape.columnScratch) { index, scratch in
        let output = y + (index / tiles * shape.outPixels + index % tiles * shape.pixelTile) * shape.channelsOut
        let (columns, count) = columns(shape, x: x, tile: index, of: tiles, scratch)
        fill(output, with: bias, rows: count, columns: shape.channelsOut)
        gemmSerial(
            count,
            shape.channelsOut,
            shape.window,
            Matrix(columns, stride: shape.window),
            filters,
            beta: 1,
            output,
            stride: shape.channelsOut
        )
    }
}

/// The windows of one tile of output pixels, [count, window]: in `scratch`, or where they lie.
private func columns(
    _ shape: ConvolutionShape,
    x: UnsafePointer<Float>,
    tile: Int,
    of tiles: Int,
    _ scratch: UnsafeMutablePointer<Float>
) -> (UnsafePointer<Float>, count: Int) {
    let first = tile % tiles * shape.pixelTile
    let count = min(shape.pixelTile, shape.outPixels - first)
    let picture = x + tile / tiles * shape.picture
    if shape.isPointwise { return (picture + first * shape.channelsIn, count) }
    pk_im2col(picture, shape.columns, first, count, scratch)
    return (UnsafePointer(scratch), count)
}

/// dx from dy. Each band of input rows gathers from the output rows whose windows reach it, so no two threads add to
/// the same place; the few output rows that reach two bands are multiplied twice.
public func convolutionInputGradient(
    _ shape: ConvolutionShape,
    weight: UnsafePointer<Float>,
    dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>
) {
    let filters = Matrix(weight, stride: shape.window)
    if shape.isPointwise {
        return gemm(
            shape.batch * shape.outPixels,
            shape.channelsIn,
            shape.channelsOut,
            Matrix(dy, stride: shape.channelsOut),
            filters,
            dx,
            stride: shape.channelsIn
        )
    }
    let grain = max(16, 1024 / shape.width)
    let bands = (shape.height + grain - 1) / grain
    Parallel.forEach(shape.batch * bands, scratch: shape.columnScratch) { index, columns in
        let (b, top) = (index / bands, index % bands * grain)
        let bottom = min(shape.height, top + grain)
        let line = shape.width * shape.channelsIn
        let picture = dx + b * shape.picture
        (picture + top * line).update(repeating: 0, count: (bottom - top) * line)
        // Output row r reaches the input rows from r * stride - padding.before on.
        let from = max(0, top + shape.padding.before - (shape.kernel - 1) + shape.stride - 1) / shape.stride
        let to = min(shape.outHeight, (bottom + shape.padding.before + shape.stride - 1) / shape.stride)
        for first in stride(from: from * shape.outWidth, to: to * shape.outWidth, by: shape.pixelTile) {
            let count = min(shape.pixelTile, to * shape.outWidth - first)
            let gradient = dy + (b * shape.outPixels + first) * shape.channelsOut
            gemmSerial(
                count,
                shape.window,
                shape.channelsOut,
                Matrix(gradient, stride: shape.channelsOut),
                filters,
                columns,
                stride: shape.window
            )
            pk_col2im(columns, shape.columns, first, count, top, bottom, picture)
        }
    }
}

/// dweight from x and dy: sums over fixed groups of tiles, added up in order.
public func convolutionWeightGradient(
    _ shape: ConvolutionShape,
    x: UnsafePointer<Float>,
    dy: UnsafePointer<Float>,
    dweight: UnsafeMutablePointer<Float>
) {
    let tiles = (shape.outPixels + shape.pixelTile - 1) / shape.pixelTile
    let all = shape.batch * tiles
    let size = shape.channelsOut * shape.window
    // The first group's sum is made in place; at most 256 MB for the others.
    let groups = max(1, min(8, all, (1 << 26) / max(1, size)))
    let others = UnsafeMutablePointer<Float>.allocate(capacity: max(1, (groups - 1) * size))
    defer { others.deallocate() }
    let filterGrain = 256
    let blocks = (shape.channelsOut + filterGrain - 1) / filterGrain
    Parallel.forEach(groups * blocks, scratch: shape.columnScratch) { index, scratch in
        let (group, filter) = (index / blocks, index % blocks * filterGrain)
        let total = (group == 0 ? dweight : others + (group - 1) * size) + filter * shape.window
        let part = group * all / groups..<(group + 1) * all / groups
        for tile in part {
            let (columns, count) = columns(shape, x: x, tile: tile, of: tiles, scratch)
            let first = tile / tiles * shape.outPixels + tile % tiles * shape.pixelTile
            gemmSerial(
                min(filterGrain, shape.channelsOut - filter),
                shape.window,
                count,
                Matrix(dy + first * shape.channelsOut + filter, stride: shape.channelsOut, transposed: true),
                Matrix(columns, stride: shape.window),
                beta: tile == part.lowerBound ? 0 : 1,
                total,
                stride: shape.window
            )
        }
    }
    addInOrder((0..<groups - 1).map { UnsafePointer(others + $0 * size) }, to: dweight, count: size)
}

/// sum += parts[0] + parts[1] + ..., one after the other.
func addInOrder(_ parts: [UnsafePointer<Float>], to sum: UnsafeMutablePointer<Float>, count: Int) {
    guard !parts.isEmpty else { return }
    Parallel.forRanges(count, grain: 1 << 15) { range in
        for part in parts { pk_accumulate(part + range.lowerBound, 1, sum + range.lowerBound, range.count) }
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
