import CKernels

/// A convolution as one matrix product: the windows of the output pixels, side by side, times the filters. The sum over a
/// window starts at what is added to it and runs over its taps and then their channels.
///
/// Windows are copied out once, for as many pixels as stay near, unless they are single pixels; then the threads share
/// their product as they share any other (`GemmCut`).
struct DirectConvolution {
    let shape: ConvolutionShape
    private let limits: ConvolutionLimits
    private let kernels: pk_gemm_kernels

    /// What is multiplied in one go stays in the second cache.
    private static let (rows, depth) = (252, 384)

    init(_ shape: ConvolutionShape, limits: ConvolutionLimits = ConvolutionLimits()) {
        self.shape = shape
        self.limits = limits
        kernels = ComputeSettings.current.kernels.products
    }

    private var panel: Int { kernels.panel }
    private var panels: Int { (shape.channelsOut + panel - 1) / panel }
    private var pixels: Int { shape.batch * shape.outPixels }

    /// - Parameter input: without any preparation
    func callAsFunction(
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let window = shape.window
        let held = max(1, min(panels, limits.filters / max(1, window * panel)))
        let chunks = evenParts(of: panels, (panels + held - 1) / held)
        let widest = chunks.map(\.count).max() ?? 0
        let near = max(Self.rows, ComputeSettings.current.threads * limits.windows / max(1, window))
        let band = shape.isPointwise ? pixels : min(pixels, near)
        FloatPool.shared.with(widest * panel * window) { packed in
            FloatPool.shared.with(shape.isPointwise ? 0 : band * window) { columns in
                for first in stride(from: 0, to: pixels, by: band) {
                    let rows = first..<min(pixels, first + band)
                    let windows = shape.isPointwise ? input.x : UnsafePointer(columns)
                    if !shape.isPointwise { copyWindows(rows, of: input.x, to: columns) }
                    for chunk in chunks {
                        if first == 0 || chunks.count > 1 { pack(filters, chunk, to: packed) }
                        multiply(windows, rows, packed, chunk, output)
                    }
                }
            }
        }
    }

    /// The windows of some output pixels, counted through all pictures.
    private func copyWindows(
        _ pixels: Range<Int>,
        of x: UnsafePointer<Float>,
        to columns: UnsafeMutablePointer<Float>
    ) {
        Parallel.forRanges(pixels.count, grain: max(1, (1 << 16) / max(1, shape.window))) { range in
            var first = pixels.lowerBound + range.lowerBound
            var to = columns + range.lowerBound * shape.window
            while first < pixels.lowerBound + range.upperBound {
                let (picture, pixel) = (first / shape.outPixels, first % shape.outPixels)
                let count = min(shape.outPixels - pixel, pixels.lowerBound + range.upperBound - first)
                pk_im2col(x + picture * shape.picture, shape.columns, pixel, count, to)
                first += count
                to += count * shape.window
            }
        }
    }

    /// The filters of some panels, each [taps, channels, panel].
    private func pack(_ filters: ConvolutionFilters, _ panels: Range<Int>, to packed: UnsafeMutablePointer<Float>) {
        let (taps, channels) = (filters.taps, shape.channelsIn)
        let depth = max(1, min(channels, 4096 / taps))
        let depths = (channels + depth - 1) / depth
        Parallel.forEach(panels.count * depths, scratch: depth * taps * panel) { index, scratch in
            let (j, channel) = (index / depths, index % depths * depth)
            let count = min(depth, channels - channel)
            let first = (panels.lowerBound + j) * panel
            let outputs = min(panel, shape.channelsOut - first)
            filters.packTaps(first: first, outputs: outputs, channel: channel, count: count, kernels, to: scratch)
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

    /// Some windows times the filters of some panels.
    private func multiply(
        _ windows: UnsafePointer<Float>,
        _ pixels: Range<Int>,
        _ packed: UnsafePointer<Float>,
        _ panels: Range<Int>,
        _ output: ConvolutionOutput
    ) {
        let cut = GemmCut(
            strips: (pixels.count + kernels.rows - 1) / kernels.rows,
            panels: panels.count,
            mostPanels: panels.count,
            threads: ComputeSettings.current.threads
        )
        let rows = evenParts(of: pixels.count, cut.rows)
        let columns = evenParts(of: panels.count, cut.columns)
        Parallel.forEach(rows.count * columns.count) { index in
            let (rows, columns) = (rows[index % rows.count], columns[index / rows.count])
            for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rows) {
                multiply(
                    windows + first * shape.window,
                    pixels.lowerBound + first..<pixels.lowerBound + min(rows.upperBound, first + Self.rows),
                    packed + columns.lowerBound * shape.window * panel,
                    panels.lowerBound + columns.lowerBound..<panels.lowerBound + columns.upperBound,
                    output: output
                )
            }
        }
    }

    /// The same by one thread, for pixels of which all windows' parts stay in the second cache.
    private func multiply(
        _ windows: UnsafePointer<Float>,
        _ pixels: Range<Int>,
        _ packed: UnsafePointer<Float>,
        _ panels: Range<Int>,
        output: ConvolutionOutput
    ) {
        let (window, channels) = (shape.window, shape.channelsOut)
        let outputs = panels.lowerBound * panel..<min(channels, panels.upperBound * panel)
        let y = output.y + pixels.lowerBound * channels
        let begin = output.begin(pixels, outputs, shape)
        for k in stride(from: 0, to: window, by: Self.depth) {
            for o in stride(from: outputs.lowerBound, to: outputs.upperBound, by: panel) {
                kernels.multiply(
                    pk_product(
                        m: pixels.count,
                        n: min(panel, outputs.upperBound - o),
                        k: min(Self.depth, window - k),
                        a: windows + k,
                        a_row: window,
                        a_step: 1,
                        packed: packed + (o - outputs.lowerBound) * window + k * panel,
                        start: k == 0 ? begin.row.map { $0 + o } : UnsafePointer(y + o),
                        start_stride: k == 0 ? begin.stride : channels,
                        c: y + o,
                        c_stride: channels
                    )
                )
            }
        }
    }
}
