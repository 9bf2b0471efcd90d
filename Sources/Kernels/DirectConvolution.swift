import CKernels

/// A convolution as one matrix product: the windows of the output pixels, copied out side by side unless they are single
/// pixels, times the filters. The sum over a window starts at what is added to it and runs over its taps and then their
/// channels.
///
/// - Parameter input: without any preparation
func directConvolution(
    _ shape: ConvolutionShape,
    _ input: ConvolutionInput,
    _ filters: ConvolutionFilters,
    _ output: ConvolutionOutput
) {
    guard let kernels = pk_gemm_at(Gemm.level)?.pointee else {
        preconditionFailure("this processor lacks these kernels")
    }
    let panel = kernels.panel
    let (window, outputs) = (shape.window, shape.channelsOut)
    let tiles = (shape.outPixels + shape.pixelTile - 1) / shape.pixelTile
    // At most 40 MB of packed filters at a time; and few tiles are divided among threads by their outputs too.
    let panels = (outputs + panel - 1) / panel
    let held = max(1, min(panels, (40 << 18) / max(1, window * panel))) * panel
    let part = shape.batch * tiles >= 16 ? held : min(held, max(1, 256 / panel) * panel)
    FloatPool.shared.with(held * window) { packed in
        for start in stride(from: 0, to: outputs, by: held) {
            let here = min(held, outputs - start)
            packFilters(filters, channels: shape.channelsIn, start..<start + here, kernels, to: packed)
            let parts = (here + part - 1) / part
            Parallel.forEach(shape.batch * tiles * parts, scratch: shape.columnScratch) { index, scratch in
                let (tile, first) = (index / parts, index % parts * part)
                let (windows, count) = columns(shape, x: input.x, tile: tile, of: tiles, scratch)
                let pixel = tile / tiles * shape.outPixels + tile % tiles * shape.pixelTile
                let y = output.y + pixel * outputs + start
                let bias = output.row(picture: tile / tiles, channels: outputs).map { $0 + start }
                let last = min(here, first + part)
                if let residual = output.residual {
                    for row in 0..<count {
                        let at = row * outputs + first
                        let (from, to) = (residual + pixel * outputs + start + at, y + at)
                        if let bias {
                            pk_add(from, bias + first, to, last - first)
                        } else if from != UnsafePointer(to) {
                            to.update(from: from, count: last - first)
                        }
                    }
                }
                let begin = output.residual == nil ? bias : UnsafePointer(y)
                let beginStride = output.residual == nil ? 0 : outputs
                // What is multiplied in one go stays in the cache; the sums go on where they were.
                let depth = 384
                for k in stride(from: 0, to: window, by: depth) {
                    for o in stride(from: first, to: last, by: panel) {
                        kernels.multiply(
                            count,
                            min(panel, last - o),
                            min(depth, window - k),
                            windows + k,
                            window,
                            1,
                            packed + o * window + k * panel,
                            k == 0 ? begin.map { $0 + o } : UnsafePointer(y + o),
                            k == 0 ? beginStride : outputs,
                            y + o,
                            outputs
                        )
                    }
                }
            }
        }
    }
}

/// The filters of `outputs` in panels of [taps, channels, panel].
private func packFilters(
    _ filters: ConvolutionFilters,
    channels: Int,
    _ outputs: Range<Int>,
    _ kernels: pk_gemm_kernels,
    to packed: UnsafeMutablePointer<Float>
) {
    let panel = kernels.panel
    let taps = filters.taps
    let panels = (outputs.count + panel - 1) / panel
    let depth = max(1, min(channels, 4096 / taps))
    let depths = (channels + depth - 1) / depth
    Parallel.forEach(panels * depths, scratch: depth * taps * panel) { index, scratch in
        let (j, channel) = (index / depths, index % depths * depth)
        let count = min(depth, channels - channel)
        let first = outputs.lowerBound + j * panel
        let width = min(panel, outputs.upperBound - first)
        filters.packTaps(first: first, outputs: width, channel: channel, count: count, kernels, to: scratch)
        let strides = filters.tapStrides(channels: count, panel: panel)
        let to = packed + (j * taps * channels + channel) * panel
        for tap in 0..<taps {
            for c in 0..<count {
                (to + (tap * channels + c) * panel)
                    .update(from: scratch + tap * strides.tap + c * strides.channel, count: panel)
            }
        }
    }
}
