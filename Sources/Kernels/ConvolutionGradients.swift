import CKernels

/// dx from dy: a convolution too, which goes by Winograd where the forward pass might. Else each band of input rows
/// gathers from the output rows whose windows reach it, so no two threads add to the same place; the few output rows that
/// reach two bands are multiplied twice.
public func convolutionInputGradient(
    _ shape: ConvolutionShape,
    weight: UnsafePointer<Float>,
    dy: UnsafePointer<Float>,
    dx: UnsafeMutablePointer<Float>
) {
    if let winograd = WinogradKernel(shape.ofInputGradient) {
        let filters = ConvolutionFilters(
            StoredFloats(weight),
            order: .channelsLast,
            channels: shape.channelsIn,
            kernel: shape.kernel
        )
        return winograd(ConvolutionInput(dy), filters.transposed(), ConvolutionOutput(dx, bias: nil))
    }
    let filters = Matrix(weight, stride: shape.window)
    if shape.isPointwise {
        return gemm(
            shape.batch * shape.outPixels,
            shape.channelsIn,
            shape.channelsOut,
            Matrix(dy, stride: shape.channelsOut),
            filters,
            dx,
            stride: shape.channelsIn,
            precision: shape.precision.unlessInt8
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
            gemm(
                count,
                shape.window,
                shape.channelsOut,
                Matrix(gradient, stride: shape.channelsOut),
                filters,
                columns,
                stride: shape.window,
                precision: shape.precision.unlessInt8
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
            gemm(
                min(filterGrain, shape.channelsOut - filter),
                shape.window,
                count,
                Matrix(dy + first * shape.channelsOut + filter, stride: shape.channelsOut, transposed: true),
                Matrix(columns, stride: shape.window),
                from: tile == part.lowerBound ? .zeros : .present,
                total,
                stride: shape.window,
                precision: shape.precision.unlessInt8
            )
        }
    }
    addInOrder((0..<groups - 1).map { UnsafePointer(others + $0 * size) }, to: dweight, count: size)
}

/// The windows of one tile of output pixels, [count, window]: in `scratch`, or where they lie.
func columns(
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
