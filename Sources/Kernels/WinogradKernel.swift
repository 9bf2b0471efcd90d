import CKernels

/// A 3x3 convolution of stride 1 by Winograd's F(4x4, 3x3), see winograd.h: tiles of 4x4 outputs, each from 6x6 inputs.
///
/// The work is cut by the shape alone. Large pictures go block of tiles by block of tiles past the transformed filters,
/// which are held for as many outputs as `heldFilters` allows. Of small ones the transformed tiles are held, and the
/// filters, which are then the larger part, go past in pieces that stay in the cache.
struct WinogradKernel {
    let shape: ConvolutionShape
    let tilesDown: Int
    let tilesAcross: Int
    private let kernels: pk_gemm_kernels
    private let transforms: pk_winograd

    private static let places = PK_WINOGRAD_PLACES
    private static let tile = PK_WINOGRAD_TILE
    private static let window = PK_WINOGRAD_WINDOW
    private static let taps = PK_WINOGRAD_TAPS

    /// nil where Winograd is not possible, or not faster: transforming the filters costs as much as some 330 rows of
    /// products, and a direct convolution needs nine products for each pixel instead of 36 for each tile.
    init?(_ shape: ConvolutionShape) {
        guard shape.kernel == 3, shape.stride == 1, shape.channelsIn >= 16, shape.padding.before >= 0,
            let kernels = pk_gemm_at(Gemm.level),
            let transforms = pk_winograd_at(Gemm.level)
        else { return nil }
        self.shape = shape
        self.kernels = kernels.pointee
        self.transforms = transforms.pointee
        tilesDown = (shape.outHeight + Self.tile - 1) / Self.tile
        tilesAcross = (shape.outWidth + Self.tile - 1) / Self.tile
        guard Self.places * tiles + 330 < 9 * shape.batch * shape.outPixels + 80 else { return nil }
    }

    private var tiles: Int { shape.batch * tilesDown * tilesAcross }
    /// Floats from one transformed tile to the next; not a power of two, which would crowd few sets of the caches.
    private var row: Int { (shape.channelsIn + 15) / 16 * 16 + 16 }
    private var panel: Int { kernels.panel }
    private var panels: Int { (shape.channelsOut + panel - 1) / panel }

    func callAsFunction(
        _ input: ConvolutionInput,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        if tiles <= 128 { holdingTiles(input, filters, output) } else { holdingFilters(input, filters, output) }
    }

    // MARK: - Few tiles

    /// Transforms all tiles; then each thread takes some outputs, and of those some channels of the filters at a time.
    private func holdingTiles(_ input: ConvolutionInput, _ filters: ConvolutionFilters, _ output: ConvolutionOutput) {
        let place = tiles * row + 16
        FloatPool.shared.with(Self.places * place) { inputs in
            let segments = tileSegments(0..<tiles)
            Parallel.forEach(segments.count, scratch: pixelScratch) { i, pixels in
                transform(segments[i], of: input, pixels, to: inputs + segments[i].first * row, place: place)
            }
            multiply(inputs, place: place, filters, output)
        }
    }

    /// All tiles, transformed, times the filters.
    private func multiply(
        _ inputs: UnsafePointer<Float>,
        place: Int,
        _ filters: ConvolutionFilters,
        _ output: ConvolutionOutput
    ) {
        let group = min(2, panels)
        let depth = min(shape.channelsIn, 128)
        let width = group * panel
        let productPlace = tiles * width + 16
        let filterPlace = group * depth * panel + 16
        let scratch = Self.places * (productPlace + filterPlace) + Self.taps * depth * panel
        Parallel.forEach((panels + group - 1) / group, scratch: scratch) { index, scratch in
            let products = scratch
            let transformed = products + Self.places * productPlace
            let taps = transformed + Self.places * filterPlace
            let first = index * width
            let outputs = min(width, shape.channelsOut - first)
            for channel in stride(from: 0, to: shape.channelsIn, by: depth) {
                let count = min(depth, shape.channelsIn - channel)
                for j in stride(from: 0, to: outputs, by: panel) {
                    transformFilters(
                        filters,
                        first: first + j,
                        channel: channel,
                        count: count,
                        taps,
                        to: transformed + j * count,
                        place: filterPlace
                    )
                }
                for p in 0..<Self.places {
                    let sums = products + p * productPlace
                    for j in stride(from: 0, to: outputs, by: panel) {
                        kernels.multiply(
                            tiles,
                            panel,
                            count,
                            inputs + p * place + channel,
                            row,
                            1,
                            transformed + p * filterPlace + j * count,
                            channel == 0 ? nil : sums + j,
                            width,
                            sums + j,
                            width
                        )
                    }
                }
            }
            for tile in 0..<tiles {
                transform(
                    products + tile * width,
                    place: productPlace,
                    tile: tile,
                    outputs: first..<first + outputs,
                    output
                )
            }
        }
    }

    // MARK: - Many tiles

    /// Transforms the filters of as many outputs as may be held, 40 MB; then each thread takes some tiles.
    private func holdingFilters(_ input: ConvolutionInput, _ filters: ConvolutionFilters, _ output: ConvolutionOutput) {
        let perPanel = shape.channelsIn * panel
        let atOnce = max(1, min(panels, (40 << 18) / (Self.places * perPanel)))
        let place = atOnce * perPanel + 16
        let depth = min(shape.channelsIn, 64)
        let depths = (shape.channelsIn + depth - 1) / depth
        FloatPool.shared.with(Self.places * place) { held in
            for start in stride(from: 0, to: panels, by: atOnce) {
                let count = min(atOnce, panels - start)
                Parallel.forEach(count * depths, scratch: Self.taps * depth * panel) { index, taps in
                    let (j, channel) = (index / depths, index % depths * depth)
                    transformFilters(
                        filters,
                        first: (start + j) * panel,
                        channel: channel,
                        count: min(depth, shape.channelsIn - channel),
                        taps,
                        to: held + j * perPanel + channel * panel,
                        place: place
                    )
                }
                let outputs = start * panel..<min(shape.channelsOut, (start + count) * panel)
                multiply(input, held, place: place, outputs, output)
            }
        }
    }

    /// All tiles, block by block, times the transformed filters of some outputs: [places, panels, channels, panel].
    private func multiply(
        _ input: ConvolutionInput,
        _ filters: UnsafePointer<Float>,
        place filterPlace: Int,
        _ outputs: Range<Int>,
        _ output: ConvolutionOutput
    ) {
        let width = (outputs.count + panel - 1) / panel * panel + 16
        let block = tilesInBlock(width: width)
        let (place, productPlace) = (block * row + 16, block * width + 16)
        let scratch = Self.places * (place + productPlace) + pixelScratch
        Parallel.forRanges(tiles, grain: block, scratch: scratch) { tiles, inputs in
            let products = inputs + Self.places * place
            let pixels = products + Self.places * productPlace
            for segment in tileSegments(tiles) {
                transform(
                    segment,
                    of: input,
                    pixels,
                    to: inputs + (segment.first - tiles.lowerBound) * row,
                    place: place
                )
            }
            // The tiles of one place stay in the cache while all panels pass by.
            for p in 0..<Self.places {
                for j in stride(from: 0, to: outputs.count, by: panel) {
                    kernels.multiply(
                        tiles.count,
                        panel,
                        shape.channelsIn,
                        inputs + p * place,
                        row,
                        1,
                        filters + p * filterPlace + j * shape.channelsIn,
                        nil,
                        0,
                        products + p * productPlace + j,
                        width
                    )
                }
            }
            for (i, tile) in tiles.enumerated() {
                transform(products + i * width, place: productPlace, tile: tile, outputs: outputs, output)
            }
        }
    }

    /// Tiles that a thread handles at a time: whole strips of a product's rows, at most some 16 MB of tiles and products,
    /// and blocks in fours, so that few threads end together.
    private func tilesInBlock(width: Int) -> Int {
        let most = max(kernels.rows, min(112, (1 << 22) / (Self.places * (row + width))))
        let blocks = ((tiles + most - 1) / most + 3) / 4 * 4
        return min(most, (tiles + blocks - 1) / blocks + kernels.rows - 1) / kernels.rows * kernels.rows
    }

    // MARK: - Transforms

    /// Tiles side by side in one picture.
    private struct TileSegment {
        /// Its first tile, counted through all pictures.
        let first: Int
        let count: Int
    }

    /// As many tiles at a time as keep their pixels in the cache.
    private var tilesAtOnce: Int {
        max(1, min(16, (1 << 16) / (4 * Self.window * shape.channelsIn)))
    }

    private var pixelScratch: Int { Self.window * (Self.tile * tilesAtOnce + 2) * shape.channelsIn }

    private func tileSegments(_ range: Range<Int>) -> [TileSegment] {
        var segments: [TileSegment] = []
        var first = range.lowerBound
        while first < range.upperBound {
            let count = min(tilesAtOnce, tilesAcross - first % tilesAcross, range.upperBound - first)
            segments.append(TileSegment(first: first, count: count))
            first += count
        }
        return segments
    }

    /// The pixels that a segment's tiles see, then their transform.
    private func transform(
        _ segment: TileSegment,
        of input: ConvolutionInput,
        _ pixels: UnsafeMutablePointer<Float>,
        to inputs: UnsafeMutablePointer<Float>,
        place: Int
    ) {
        let line = segment.first / tilesAcross
        let (b, down) = (line / tilesDown, line % tilesDown)
        let left = segment.first % tilesAcross * Self.tile - shape.padding.before
        let width = Self.tile * segment.count + 2
        for y in 0..<Self.window {
            input.copyRow(
                shape,
                picture: b,
                y: down * Self.tile - shape.padding.before + y,
                x: left..<left + width,
                to: pixels + y * width * shape.channelsIn
            )
        }
        transforms.input(pixels, segment.count, shape.channelsIn, inputs, place, row)
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
        let (line, across) = (tile / tilesAcross, tile % tilesAcross)
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
