import CKernels

/// A convolution of rounded numbers as one matrix product: the windows of the output pixels times the filters, a window's taps
/// in order and their channels within them.
struct RoundedConvolution {
    /// How what is multiplied is had from a picture that is rounded once, zeros around it.
    private enum Layout {
        /// In `bfloat16`: of a row of a window all taps lie side by side in the picture, so that where they are whole blocks of
        /// k nothing is copied; windows of neighbouring pixels overlap in memory.
        case lines
        /// In `bfloat16` where they are not, and of single pixels: the windows themselves are rounded.
        case windows
        /// In `int8`: the channels of a pixel have scales of their own, so that each tap is a product of its own.
        case pixels
    }

    let shape: ConvolutionShape
    private let limits: ConvolutionLimits
    private let kernels: ProductKernels
    private let layout: Layout
    /// What is multiplied in one go, in ascending k.
    private let blocks: [Block]

    /// A part of k, and where it lies.
    private struct Block {
        let k: Range<Int>
        /// Floats from the first line of the picture of a line of output pixels: lines, and within one.
        let line: Int
        let pixels: Int
        /// Floats from the beginning of a panel.
        let filters: Int
    }

    /// Output pixels, and rows of filters or channels of a tap, that are multiplied in one go stay in the second cache.
    private static let (pixels, depth, channels) = (256, 640, 320)

    init(_ shape: ConvolutionShape, limits: ConvolutionLimits = ConvolutionLimits()) {
        self.shape = shape
        self.limits = limits
        kernels = ProductKernels(shape.precision)
        let isWholeBlocks = shape.kernel > 1 && shape.kernel * shape.channelsIn % kernels.depth == 0
        layout = kernels.scales ? .pixels : isWholeBlocks ? .lines : .windows
        blocks =
            switch layout {
            case .lines: Self.blocks(of: shape.kernel * shape.channelsIn, shape, kernels)
            case .windows: Self.blocks(of: shape.window, shape, kernels)
            case .pixels: Self.blocksOfTaps(shape, kernels)
            }
    }

    /// The window in ranges that lie within one of its parts and are whole blocks of k, apart from the last.
    private static func blocks(of part: Int, _ shape: ConvolutionShape, _ kernels: ProductKernels) -> [Block] {
        let parts = ranges(of: part, most: depth, kernels)
        return stride(from: 0, to: shape.window, by: part).flatMap { first in
            parts.map { range in
                Block(
                    k: first + range.lowerBound..<first + range.upperBound,
                    line: first / part,
                    pixels: kernels.rowSize(range.lowerBound),
                    filters: kernels.panelSize(first + range.lowerBound)
                )
            }
        }
    }

    /// A tap's channels in ranges, for each tap.
    private static func blocksOfTaps(_ shape: ConvolutionShape, _ kernels: ProductKernels) -> [Block] {
        let channels = ranges(of: shape.channelsIn, most: Self.channels, kernels)
        let pixel = channels.map { kernels.rowSize($0.count) }.reduce(0, +)
        var (blocks, filters) = ([Block](), 0)
        for tap in 0..<shape.kernel * shape.kernel {
            var pixels = tap % shape.kernel * pixel
            for range in channels {
                let first = tap * shape.channelsIn
                blocks.append(
                    Block(
                        k: first + range.lowerBound..<first + range.upperBound,
                        line: tap / shape.kernel,
                        pixels: pixels,
                        filters: filters
                    )
                )
                pixels += kernels.rowSize(range.count)
                filters += kernels.panelSize(range.count)
            }
        }
        return blocks
    }

    /// 0 ..< count in even parts that are whole blocks of k, apart from the last.
    private static func ranges(of count: Int, most: Int, _ kernels: ProductKernels) -> [Range<Int>] {
        let parts = (count + most - 1) / most
        let depth = ((count + parts - 1) / parts + kernels.depth - 1) / kernels.depth * kernels.depth
        return stride(from: 0, to: count, by: depth).map { $0..<min(count, $0 + depth) }
    }

    /// A pixel's channels, as one tap takes them.
    private var blocksOfPixel: [Block] { Array(blocks.prefix(blocks.count / (shape.kernel * shape.kernel))) }
    /// Floats of memory from one rounded pixel to the next.
    private var pixel: Int { blocksOfPixel.map { kernels.rowSize($0.k.count) }.reduce(0, +) }
    /// Floats of memory of one panel of filters.
    private var panelSize: Int { blocks.last.map { $0.filters + kernels.panelSize($0.k.count) } ?? 0 }

    private var panel: Int { kernels.panel }
    private var panels: Int { (shape.channelsOut + panel - 1) / panel }

    /// Pixels of the picture, zeros included, that one line of output pixels is made from.
    private var across: Int { (shape.outWidth - 1) * shape.stride + shape.kernel }
    /// Floats of memory from one line of rounded pixels, or of rounded windows, to the next.
    private var pitch: Int {
        switch layout {
        case .lines: kernels.rowSize(across * shape.channelsIn) + Self.gap
        case .windows: shape.outWidth * kernels.rowSize(shape.window)
        case .pixels: across * pixel + Self.gap
        }
    }
    /// Rows a power of two apart would meet in the same places of the first cache.
    private static let gap = 16

    /// Lines of rounded pixels or windows that so many lines of output pixels need.
    private func lines(_ count: Int) -> Int {
        layout == .windows ? count : (count - 1) * shape.stride + shape.kernel
    }

    func callAsFunction(
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let size = panelSize
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
        if layout != .windows {
            let top = band.lowerBound * shape.stride - before
            let (parts, pixel) = (blocksOfPixel, pixel)
            return Parallel.forEach(lines(band.count), scratch: line) { i, pixels in
                input.copyRow(shape, picture: b, y: top + i, x: columns, to: pixels)
                let to = rounded + i * pitch
                if layout == .lines { return kernels.roundRows(pixels, 1, line, row: line, to: to, row: 0) }
                for part in parts {
                    let from = pixels + part.k.lowerBound
                    kernels.roundRows(from, across, part.k.count, row: channels, to: to + part.pixels, row: pixel)
                }
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
        // Pairs of numbers lie within a tap, or all taps go together; what has one scale goes together.
        let depth =
            layout == .pixels
            ? blocksOfPixel.first?.k.count ?? 0
            : channels % 2 == 0 ? max(2, min(channels, 4096 / taps / 2 * 2)) : channels
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
            let to = packed + j * panelSize
            if !kernels.scales, count == channels { return kernels.roundPanel(inOrder, taps * channels, to: to) }
            for tap in 0..<taps {
                let place =
                    kernels.scales
                    ? blocks[tap * depths + index % depths].filters : kernels.panelSize(tap * channels + channel)
                kernels.roundPanel(inOrder + tap * count * panel, count, to: to + place)
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
                    rounded + first * (layout == .windows ? 1 : shape.stride) * pitch,
                    picture: b,
                    band.lowerBound + first..<band.lowerBound + min(part.upperBound, first + most),
                    packed + group.lowerBound * panelSize,
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
        let (runs, run) = layout == .windows ? (1, lines.count * width) : (lines.count, width)
        let row =
            switch layout {
            case .lines: kernels.rowSize(shape.stride * shape.channelsIn)
            case .windows: kernels.rowSize(shape.window)
            case .pixels: shape.stride * pixel
            }
        let size = panelSize
        for block in blocks {
            for o in stride(from: outputs.lowerBound, to: outputs.upperBound, by: panel) {
                let filters = packed + (o - outputs.lowerBound) / panel * size + block.filters
                for i in 0..<runs {
                    let at = i * width
                    kernels.multiply(
                        pk_product(
                            m: run,
                            n: min(panel, outputs.upperBound - o),
                            k: block.k.count,
                            a: rounded + (i * shape.stride + block.line) * pitch + block.pixels,
                            a_row: row,
                            a_step: 1,
                            packed: filters,
                            start: block.k.lowerBound == 0
                                ? begin.row.map { $0 + at * begin.stride + o } : UnsafePointer(y + at * channels + o),
                            start_stride: block.k.lowerBound == 0 ? begin.stride : channels,
                            c: y + at * channels + o,
                            c_stride: channels
                        )
                    )
                }
            }
        }
    }
}
