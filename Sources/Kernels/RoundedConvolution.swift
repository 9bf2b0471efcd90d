import CKernels

/// A convolution in `bfloat16` as one matrix product: the windows of the output pixels times the filters, a window's taps
/// in order and their channels within them.
///
/// The picture as the convolution sees it, zeros around it, is rounded once. Of a row of a window all taps lie side by side
/// there, so that where they are whole blocks of k nothing is copied: windows of neighbouring pixels overlap in memory.
/// Where they are not, and of single pixels, the windows themselves are rounded.
struct RoundedConvolution {
    let shape: ConvolutionShape
    private let limits: ConvolutionLimits
    private let kernels: ProductKernels
    /// The windows are read where the picture lies.
    private let isImplicit: Bool

    /// Output pixels and rows of filters that are multiplied in one go stay in the second cache.
    private static let (pixels, depth) = (256, 640)

    init(_ shape: ConvolutionShape, limits: ConvolutionLimits = ConvolutionLimits()) {
        self.shape = shape
        self.limits = limits
        kernels = ProductKernels(.bfloat16)
        isImplicit = shape.kernel > 1 && shape.kernel * shape.channelsIn % kernels.depth == 0
    }

    private var panel: Int { kernels.panel }
    private var panels: Int { (shape.channelsOut + panel - 1) / panel }

    /// Pixels of the picture, zeros included, that one line of output pixels is made from.
    private var across: Int { (shape.outWidth - 1) * shape.stride + shape.kernel }
    /// Floats of memory from one line of rounded pixels, or of rounded windows, to the next.
    private var pitch: Int {
        isImplicit
            ? kernels.rowSize(across * shape.channelsIn) + Self.gap : shape.outWidth * kernels.rowSize(shape.window)
    }
    /// Rows a power of two apart would meet in the same places of the first cache.
    private static let gap = 16

    /// Lines of rounded pixels or windows that so many lines of output pixels need.
    private func lines(_ count: Int) -> Int { isImplicit ? (count - 1) * shape.stride + shape.kernel : count }

    func callAsFunction(
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let size = kernels.panelSize(shape.window)
        let held = max(1, min(panels, limits.filters / max(1, size)))
        let chunks = evenParts(of: panels, (panels + held - 1) / held)
        // What two bands share is rounded twice.
        let mostLines = max(1, (limits.tiles / max(1, pitch) - shape.kernel) / shape.stride)
        let bands = evenParts(of: shape.outHeight, (shape.outHeight + mostLines - 1) / mostLines)
        let tallest = lines(bands.map(\.count).max() ?? 1)
        FloatPool.shared.with((chunks.map(\.count).max() ?? 0) * size) { packed in
            FloatPool.shared.with(tallest * pitch) { rounded in
                for b in 0..<shape.batch {
                    for band in bands {
                        round(input, picture: b, band, to: rounded)
                        for chunk in chunks {
                            if chunks.count > 1 || b == 0 && band.lowerBound == 0 { pack(filters, chunk, to: packed) }
                            multiply(rounded, picture: b, band, packed, chunk, output)
                        }
                    }
                }
            }
        }
    }

    /// Rounds what some lines of output pixels are made from.
    private func round(
        _ input: ConvolutionInput,
        picture b: Int,
        _ band: Range<Int>,
        to rounded: UnsafeMutablePointer<Float>
    ) {
        let (before, channels, kernel) = (shape.padding.before, shape.channelsIn, shape.kernel)
        let columns = -before..<across - before
        let line = across * channels
        if isImplicit {
            let top = band.lowerBound * shape.stride - before
            return Parallel.forEach(lines(band.count), scratch: line) { i, pixels in
                input.copyRow(shape, picture: b, y: top + i, x: columns, to: pixels)
                kernels.roundRows(pixels, 1, line, row: line, to: rounded + i * pitch, row: 0)
            }
        }
        let (part, window) = (kernel * channels, shape.window)
        let row = kernels.rowSize(window)
        Parallel.forEach(band.count, scratch: kernel * line + window) { i, pixels in
            let top = (band.lowerBound + i) * shape.stride - before
            for ky in 0..<kernel {
                input.copyRow(shape, picture: b, y: top + ky, x: columns, to: pixels + ky * line)
            }
            let taps = pixels + kernel * line
            for x in 0..<shape.outWidth {
                for ky in 0..<kernel {
                    (taps + ky * part).update(from: pixels + ky * line + x * shape.stride * channels, count: part)
                }
                kernels.roundRows(taps, 1, window, row: window, to: rounded + i * pitch + x * row, row: 0)
            }
        }
    }

    /// The filters of some panels, each [taps, channels, panel], rounded.
    private func pack(_ filters: ConvolutionFilters, _ panels: Range<Int>, to packed: UnsafeMutablePointer<Float>) {
        let (taps, channels) = (filters.taps, shape.channelsIn)
        // Pairs of numbers lie within a tap, or all taps go together.
        let depth = channels % 2 == 0 ? max(2, min(channels, 4096 / taps / 2 * 2)) : channels
        let depths = (channels + depth - 1) / depth
        let size = depth * taps * panel
        Parallel.forEach(panels.count * depths, scratch: 2 * size) { index, scratch in
            let (j, channel) = (index / depths, index % depths * depth)
            let count = min(depth, channels - channel)
            let first = (panels.lowerBound + j) * panel
            let outputs = min(panel, shape.channelsOut - first)
            filters.packTaps(
                first: first,
                outputs: outputs,
                channel: channel,
                count: count,
                kernels.floats,
                to: scratch
            )
            let strides = filters.tapStrides(channels: count, panel: panel)
            let inOrder = scratch + size
            for tap in 0..<taps {
                for c in 0..<count {
                    (inOrder + (tap * count + c) * panel)
                        .update(from: scratch + tap * strides.tap + c * strides.channel, count: panel)
                }
            }
            let to = packed + j * kernels.panelSize(shape.window)
            if count == channels { return kernels.roundPanel(inOrder, taps * channels, to: to) }
            for tap in 0..<taps {
                let place = to + kernels.panelSize(tap * channels + channel)
                kernels.roundPanel(inOrder + tap * count * panel, count, to: place)
            }
        }
    }

    /// Some lines of output pixels for some panels of filters.
    private func multiply(
        _ rounded: UnsafePointer<Float>,
        picture b: Int,
        _ band: Range<Int>,
        _ packed: UnsafePointer<Float>,
        _ panels: Range<Int>,
        _ output: ConvolutionOutput
    ) {
        let cut = GemmCut(
            strips: band.count * ((shape.outWidth + kernels.rows - 1) / kernels.rows),
            panels: panels.count,
            mostPanels: panels.count,
            threads: ComputeSettings.current.threads
        )
        let parts = evenParts(of: band.count, min(cut.rows, band.count))
        let groups = evenParts(of: panels.count, cut.columns)
        let most = max(1, Self.pixels / shape.outWidth)
        Parallel.forEach(parts.count * groups.count) { index in
            let (part, group) = (parts[index % parts.count], groups[index / parts.count])
            for first in stride(from: part.lowerBound, to: part.upperBound, by: most) {
                multiply(
                    rounded + first * (isImplicit ? shape.stride : 1) * pitch,
                    picture: b,
                    band.lowerBound + first..<band.lowerBound + min(part.upperBound, first + most),
                    packed + group.lowerBound * kernels.panelSize(shape.window),
                    panels.lowerBound + group.lowerBound..<panels.lowerBound + group.upperBound,
                    output: output
                )
            }
        }
    }

    /// The same by one thread.
    ///
    /// - Parameter rounded: of the first of the lines
    private func multiply(
        _ rounded: UnsafePointer<Float>,
        picture b: Int,
        _ lines: Range<Int>,
        _ packed: UnsafePointer<Float>,
        _ panels: Range<Int>,
        output: ConvolutionOutput
    ) {
        let (width, channels) = (shape.outWidth, shape.channelsOut)
        let outputs = panels.lowerBound * panel..<min(channels, panels.upperBound * panel)
        let pixels = b * shape.outPixels + lines.lowerBound * width..<b * shape.outPixels + lines.upperBound * width
        let begin = output.begin(pixels, outputs, shape)
        let y = output.y + pixels.lowerBound * channels
        // Windows of their own follow each other from line to line.
        let (runs, run) = isImplicit ? (lines.count, width) : (1, lines.count * width)
        // What is side by side in memory: a row of the window, or all of it.
        let part = isImplicit ? shape.kernel * shape.channelsIn : shape.window
        let row = kernels.rowSize(isImplicit ? shape.stride * shape.channelsIn : shape.window)
        for k in blocks(of: part) {
            for o in stride(from: outputs.lowerBound, to: outputs.upperBound, by: panel) {
                let filters = packed + (o - outputs.lowerBound) / panel * kernels.panelSize(shape.window)
                for i in 0..<runs {
                    let (top, within) = (k.lowerBound / part, k.lowerBound % part)
                    let at = i * width
                    kernels.multiply(
                        run,
                        min(panel, outputs.upperBound - o),
                        k.count,
                        rounded + (i * shape.stride + top) * pitch + kernels.rowSize(within),
                        row: row,
                        filters + kernels.panelSize(k.lowerBound),
                        start: k.lowerBound == 0
                            ? begin.row.map { $0 + at * begin.stride + o } : UnsafePointer(y + at * channels + o),
                        stride: k.lowerBound == 0 ? begin.stride : channels,
                        y + at * channels + o,
                        stride: channels
                    )
                }
            }
        }
    }

    /// The window in ranges that lie within one of its parts and are whole blocks of k, apart from the last.
    private func blocks(of part: Int) -> [Range<Int>] {
        let count = (part + Self.depth - 1) / Self.depth
        let depth = ((part + count - 1) / count + kernels.depth - 1) / kernels.depth * kernels.depth
        return stride(from: 0, to: shape.window, by: part).flatMap { first in
            stride(from: 0, to: part, by: depth).map { first + $0..<first + min(part, $0 + depth) }
        }
    }
}
