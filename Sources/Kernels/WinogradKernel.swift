import CKernels

/// A 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3), see winograd.h: tiles of 4x4 outputs, each from 6x6 inputs.
///
/// Large pictures go block of tiles by block of tiles past the transformed filters. Of small ones the transformed tiles are
/// held, and the filters go past in pieces that stay in the cache; in between both are held (`WinogradCut`).
struct WinogradKernel {
    let shape: ConvolutionShape
    private let limits: ConvolutionLimits
    private let size: WinogradSize
    private let tilesDown: Int
    private let kernels: pk_gemm_kernels
    private let transforms: pk_winograd

    static let places = PK_WINOGRAD_PLACES
    private static let tile = PK_WINOGRAD_TILE
    private static let window = PK_WINOGRAD_WINDOW
    private static let taps = PK_WINOGRAD_TAPS

    /// nil where Winograd is not possible, not wanted, or not faster: transforming the filters costs as much as some 330
    /// rows of products, and a direct convolution needs nine products for each pixel instead of 36 for each tile.
    init?(_ shape: ConvolutionShape, limits: ConvolutionLimits = ConvolutionLimits()) {
        guard shape.precision == .float32, shape.kernel == 3, shape.stride == 1, shape.channelsIn >= 16,
            shape.padding.before >= 0
        else { return nil }
        self.shape = shape
        self.limits = limits
        let level = ComputeSettings.current.kernels
        (kernels, transforms) = (level.products, level.winograd)
        tilesDown = (shape.outHeight + Self.tile - 1) / Self.tile
        size = WinogradSize(
            lines: shape.batch * tilesDown,
            across: (shape.outWidth + Self.tile - 1) / Self.tile,
            channels: shape.channelsIn,
            outputs: shape.channelsOut,
            panel: kernels.panel,
            strip: kernels.rows
        )
        guard Self.places * size.tiles + 330 < 9 * shape.batch * shape.outPixels + 80 else { return nil }
    }

    private var row: Int { size.row }
    private var panel: Int { size.panel }

    func callAsFunction(
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let cut = WinogradCut(size, threads: ComputeSettings.current.threads, limits: limits)
        switch cut.held {
        case .filters(let lines, let across):
            holdingFilters(Rectangle(lines: lines, across: across), input, filters, output)
        case .tiles(let stripes, let parts, let groups):
            for lines in evenParts(of: size.lines, stripes) {
                holdingTiles(lines, parts: parts, groups: groups, input, filters, output)
            }
        case .both(let stripes, let passes, let parts, let groups):
            for lines in evenParts(of: size.lines, stripes) {
                holdingBoth(lines, passes: passes, parts: parts, groups: groups, input, filters, output)
            }
        }
    }

    // MARK: - Tiles are held

    /// The transformed tiles of some lines: [places, tiles, channels], so many floats from one place to the next.
    private struct HeldTiles {
        /// Counted through all pictures.
        let range: Range<Int>
        let floats: UnsafePointer<Float>
        let place: Int
    }

    /// Transforms the tiles of some lines for as long as `body` takes, which gets `scratch` floats beside them.
    private func holdingTiles(
        of lines: Range<Int>,
        _ input: ConvolutionInput,
        scratch: Int = 0,
        _ body: (HeldTiles, UnsafeMutablePointer<Float>) -> Void
    ) {
        let range = lines.lowerBound * size.across..<lines.upperBound * size.across
        let place = range.count * row + 16
        FloatPool.shared.with(Self.places * place + scratch) { floats in
            transformLines(lines, of: input, to: floats, place: place)
            body(HeldTiles(range: range, floats: floats, place: place), floats + Self.places * place)
        }
    }

    /// Each thread takes some of the tiles and some panels, and of those some channels of the filters at a time.
    private func holdingTiles(
        _ lines: Range<Int>,
        parts: Int,
        groups: Int,
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        holdingTiles(of: lines, input) { held, _ in
            let parts = evenParts(of: held.range.count, parts)
            let groups = evenParts(of: size.panels, groups)
            let (tiles, panels) = (parts.map(\.count).max() ?? 0, groups.map(\.count).max() ?? 0)
            // Transformed filters stay in the second cache.
            let depth = min(shape.channelsIn, 256 / panels)
            let work = PanelWork(tiles: tiles, panels: panels, depth: depth, size)
            Parallel.forEach(parts.count * groups.count, scratch: work.scratch) { index, scratch in
                // Those who work side by side have the same filters.
                let part = parts[index % parts.count]
                multiply(
                    held.floats + part.lowerBound * row,
                    place: held.place,
                    held.range.lowerBound + part.lowerBound..<held.range.lowerBound + part.upperBound,
                    groups[index / parts.count],
                    work,
                    scratch,
                    filters,
                    output
                )
            }
        }
    }

    /// Where a task that holds tiles works: products of all its channels, and transformed filters of some.
    private struct PanelWork {
        let depth: Int
        /// Floats from one tile's products to the next's, and from one place to the next of products and of filters.
        let width, products, filters: Int
        let scratch: Int

        init(tiles: Int, panels: Int, depth: Int, _ size: WinogradSize) {
            self.depth = depth
            width = panels * size.panel
            products = tiles * width + 16
            filters = panels * depth * size.panel + 16
            scratch = WinogradKernel.places * (products + filters) + WinogradKernel.taps * depth * size.panel
        }
    }

    /// Some transformed tiles times the filters of some panels.
    private func multiply(
        _ inputs: UnsafePointer<Float>,
        place: Int,
        _ tiles: Range<Int>,
        _ panels: Range<Int>,
        _ work: PanelWork,
        _ scratch: UnsafeMutablePointer<Float>,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let products = scratch
        let transformed = products + Self.places * work.products
        let taps = transformed + Self.places * work.filters
        let first = panels.lowerBound * panel
        let outputs = min(panels.count * panel, shape.channelsOut - first)
        for channel in stride(from: 0, to: shape.channelsIn, by: work.depth) {
            let count = min(work.depth, shape.channelsIn - channel)
            for j in stride(from: 0, to: outputs, by: panel) {
                transformFilters(
                    filters,
                    first: first + j,
                    channel: channel,
                    count: count,
                    taps,
                    to: transformed + j * count,
                    place: work.filters
                )
            }
            for p in 0..<Self.places {
                let sums = products + p * work.products
                for j in stride(from: 0, to: outputs, by: panel) {
                    kernels.multiply(
                        pk_product(
                            m: tiles.count,
                            n: panel,
                            k: count,
                            a: inputs + p * place + channel,
                            a_row: row,
                            a_step: 1,
                            packed: transformed + p * work.filters + j * count,
                            start: channel == 0 ? nil : sums + j,
                            start_stride: work.width,
                            c: sums + j,
                            c_stride: work.width
                        )
                    )
                }
            }
        }
        for (i, tile) in tiles.enumerated() {
            transform(
                products + i * work.width,
                place: work.products,
                tile: tile,
                outputs: first..<first + outputs,
                output
            )
        }
    }

    // MARK: - Both are held

    /// Transforms the filters of some panels after the others; then each thread takes some tiles and some of these panels.
    private func holdingBoth(
        _ lines: Range<Int>,
        passes: Int,
        parts: Int,
        groups: Int,
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let passes = evenParts(of: size.panels, passes)
        let panels = passes.map(\.count).max() ?? 0
        let filterPlace = panels * shape.channelsIn * panel + 16
        holdingTiles(of: lines, input, scratch: Self.places * filterPlace) { held, transformed in
            for pass in passes {
                transformPanels(pass, of: filters, to: transformed, place: filterPlace)
                let parts = evenParts(of: held.range.count, parts)
                let groups = evenParts(of: pass.count, groups)
                let (tiles, panels) = (parts.map(\.count).max() ?? 0, groups.map(\.count).max() ?? 0)
                let width = size.productRow(panels: panels)
                let scratch = Self.places * (tiles * width + 16)
                Parallel.forEach(parts.count * groups.count, scratch: scratch) { index, products in
                    // Those who work side by side have the same tiles.
                    let (part, group) = (parts[index / groups.count], groups[index % groups.count])
                    let first = (pass.lowerBound + group.lowerBound) * panel
                    let outputs = first..<min(shape.channelsOut, (pass.lowerBound + group.upperBound) * panel)
                    multiply(
                        part.count,
                        held.floats + part.lowerBound * row,
                        place: held.place,
                        transformed + group.lowerBound * panel * shape.channelsIn,
                        filterPlace,
                        outputs.count,
                        products,
                        tiles * width + 16,
                        width
                    )
                    for (i, tile) in part.enumerated() {
                        transform(
                            products + i * width,
                            place: tiles * width + 16,
                            tile: held.range.lowerBound + tile,
                            outputs: outputs,
                            output
                        )
                    }
                }
            }
        }
    }

    // MARK: - Filters are held

    /// Transforms the filters; then each thread takes some tiles.
    private func holdingFilters(
        _ most: Rectangle,
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let place = size.panels * shape.channelsIn * panel + 16
        FloatPool.shared.with(Self.places * place) { held in
            transformPanels(0..<size.panels, of: filters, to: held, place: place)
            multiply(most, input, held, place: place, output)
        }
    }

    /// The filters of some panels, transformed: [places, panels, channels, panel].
    private func transformPanels(
        _ panels: Range<Int>,
        of filters: ConvolutionFilters,
        to held: UnsafeMutablePointer<Float>,
        place: Int
    ) {
        let depth = min(shape.channelsIn, 64)
        let depths = (shape.channelsIn + depth - 1) / depth
        Parallel.forEach(panels.count * depths, scratch: Self.taps * depth * panel) { index, taps in
            let (j, channel) = (index / depths, index % depths * depth)
            transformFilters(
                filters,
                first: (panels.lowerBound + j) * panel,
                channel: channel,
                count: min(depth, shape.channelsIn - channel),
                taps,
                to: held + (j * shape.channelsIn + channel) * panel,
                place: place
            )
        }
    }

    /// Some transformed tiles times transformed filters. The tiles of one place stay in the cache while all panels pass by.
    private func multiply(
        _ tiles: Int,
        _ inputs: UnsafePointer<Float>,
        place: Int,
        _ filters: UnsafePointer<Float>,
        _ filterPlace: Int,
        _ outputs: Int,
        _ products: UnsafeMutablePointer<Float>,
        _ productPlace: Int,
        _ width: Int
    ) {
        for p in 0..<Self.places {
            for j in stride(from: 0, to: outputs, by: panel) {
                kernels.multiply(
                    pk_product(
                        m: tiles,
                        n: panel,
                        k: shape.channelsIn,
                        a: inputs + p * place,
                        a_row: row,
                        a_step: 1,
                        packed: filters + p * filterPlace + j * shape.channelsIn,
                        start: nil,
                        start_stride: 0,
                        c: products + p * productPlace + j,
                        c_stride: width
                    )
                )
            }
        }
    }

    /// All tiles, rectangle by rectangle, times the transformed filters: [places, panels, channels, panel].
    private func multiply(
        _ most: Rectangle,
        _ input: ConvolutionInput,
        _ filters: UnsafePointer<Float>,
        place filterPlace: Int,
        _ output: ConvolutionOutput
    ) {
        let width = size.productRow(panels: size.panels)
        let down = evenParts(of: size.lines, (size.lines + most.lines - 1) / most.lines)
        let across = evenParts(of: size.across, (size.across + most.across - 1) / most.across)
        let (place, productPlace) = (most.tiles * row + 16, most.tiles * width + 16)
        let scratch = Self.places * (place + productPlace) + pixelScratch
        Parallel.forEach(down.count * across.count, scratch: scratch) { index, inputs in
            let products = inputs + Self.places * place
            let pixels = products + Self.places * productPlace
            let (lines, columns) = (down[index / across.count], across[index % across.count])
            transform(lines, columns, of: input, pixels, to: inputs, line: columns.count * row, place: place)
            multiply(
                lines.count * columns.count,
                inputs,
                place: place,
                filters,
                filterPlace,
                shape.channelsOut,
                products,
                productPlace,
                width
            )
            for (i, line) in lines.enumerated() {
                for (j, column) in columns.enumerated() {
                    transform(
                        products + (i * columns.count + j) * width,
                        place: productPlace,
                        tile: line * size.across + column,
                        outputs: 0..<shape.channelsOut,
                        output
                    )
                }
            }
        }
    }

    // MARK: - Transforms

    /// So many lines of tiles, of so many tiles each.
    private struct Rectangle {
        let lines, across: Int
        var tiles: Int { lines * across }
    }

    /// As many tiles side by side as keep their pixels in the second cache.
    private var tilesAtOnce: Int {
        max(1, min(size.across, ((3 << 15) / (Self.window * shape.channelsIn) - 2) / Self.tile))
    }

    private var pixelScratch: Int { Self.window * (Self.tile * tilesAtOnce + 2) * shape.channelsIn }

    /// Transforms whole lines of tiles.
    private func transformLines(
        _ lines: Range<Int>,
        of input: ConvolutionInput,
        to inputs: UnsafeMutablePointer<Float>,
        place: Int
    ) {
        let across = evenParts(of: size.across, (size.across + tilesAtOnce - 1) / tilesAtOnce)
        // Lines that follow each other share pixels: eight at a time, fewer where that is too little for all threads.
        let wanted = 4 * ComputeSettings.current.threads / across.count
        let down = evenParts(of: lines.count, max((lines.count + 7) / 8, min(lines.count, wanted)))
        Parallel.forEach(down.count * across.count, scratch: pixelScratch) { index, pixels in
            let (part, columns) = (down[index / across.count], across[index % across.count])
            transform(
                lines.lowerBound + part.lowerBound..<lines.lowerBound + part.upperBound,
                columns,
                of: input,
                pixels,
                to: inputs + (part.lowerBound * size.across + columns.lowerBound) * row,
                line: size.across * row,
                place: place
            )
        }
    }

    /// The pixels that a rectangle of tiles sees, then their transform, down some columns of tiles at a time: two lines of
    /// pixels of each line of tiles are the next one's too.
    ///
    /// - Parameters:
    ///   - inputs: the first tile's place
    ///   - line: floats from one line of tiles to the next
    private func transform(
        _ lines: Range<Int>,
        _ columns: Range<Int>,
        of input: ConvolutionInput,
        _ pixels: UnsafeMutablePointer<Float>,
        to inputs: UnsafeMutablePointer<Float>,
        line: Int,
        place: Int
    ) {
        let (tile, before) = (Self.tile, shape.padding.before)
        for first in stride(from: columns.lowerBound, to: columns.upperBound, by: tilesAtOnce) {
            let count = min(tilesAtOnce, columns.upperBound - first)
            let left = first * tile - before
            let width = tile * count + 2
            let row = width * shape.channelsIn
            for (i, tileLine) in lines.enumerated() {
                let (picture, down) = (tileLine / tilesDown, tileLine % tilesDown)
                let known = i > 0 && down > 0 ? Self.window - tile : 0
                pixels.update(from: pixels + tile * row, count: known * row)
                for y in known..<Self.window {
                    input.copyRow(
                        shape,
                        picture: picture,
                        y: down * tile - before + y,
                        x: left..<left + width,
                        to: pixels + y * row
                    )
                }
                let to = inputs + i * line + (first - columns.lowerBound) * self.row
                transforms.input(pixels, count, shape.channelsIn, to, place, self.row)
            }
        }
    }

    private func transformFilters(
        _ filters: ConvolutionFilters,
        first: Int,
        channel: Int,
        count: Int,
        _ taps: UnsafeMutablePointer<Float>,
        to transformed: UnsafeMutablePointer<Float>,
        place: Int
    ) {
        let outputs = min(panel, shape.channelsOut - first)
        filters.packTaps(first: first, outputs: outputs, channel: channel, count: count, kernels, to: taps)
        let strides = filters.tapStrides(channels: count, panel: panel)
        transforms.filters(taps, strides.tap, strides.channel, count, panel, transformed, place)
    }

    private func transform(
        _ products: UnsafePointer<Float>,
        place: Int,
        tile: Int,
        outputs: Range<Int>,
        _ output: ConvolutionOutput
    ) {
        let (line, across) = (tile / size.across, tile % size.across)
        let (b, down) = (line / tilesDown, line % tilesDown)
        let (y, x) = (down * Self.tile, across * Self.tile)
        let corner = ((b * shape.outHeight + y) * shape.outWidth + x) * shape.channelsOut + outputs.lowerBound
        transforms.output(
            products,
            place,
            outputs.count,
            output.row(picture: b, channels: shape.channelsOut).map { $0 + outputs.lowerBound },
            output.residual.map { $0 + corner },
            output.y + corner,
            min(Self.tile, shape.outHeight - y),
            min(Self.tile, shape.outWidth - x),
            shape.outWidth * shape.channelsOut,
            shape.channelsOut
        )
    }
}
