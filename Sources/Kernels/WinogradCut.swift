/// The sizes of a convolution by Winograd's algorithm, as far as cutting it into tasks goes.
public struct WinogradSize: Hashable, Sendable {
    /// Lines of tiles in all pictures together.
    public let lines: Int
    /// Tiles in a line.
    public let across: Int
    public let channels: Int
    public let outputs: Int
    /// Outputs in a panel of the products, and rows in a strip.
    public let panel, strip: Int

    public init(lines: Int, across: Int, channels: Int, outputs: Int, panel: Int, strip: Int) {
        (self.lines, self.across) = (lines, across)
        (self.channels, self.outputs) = (channels, outputs)
        (self.panel, self.strip) = (panel, strip)
    }

    public var tiles: Int { lines * across }
    public var panels: Int { (outputs + panel - 1) / panel }
    /// Floats from one transformed tile to the next; not a power of two, which would crowd few sets of the caches.
    var row: Int { (channels + 15) / 16 * 16 + 16 }
    /// Floats from one tile's products to the next's, of so many panels.
    func productRow(panels: Int) -> Int { panels * panel + 16 }
}

/// How a convolution by Winograd's algorithm is cut into tasks for threads. What is transformed is transformed once and
/// held, filters or tiles, and the other passes by; of all cuts it is the one whose busiest thread has least to do.
///
/// A tile's transforms are its own and each product is one chain of sums, so no cut changes a bit.
public struct WinogradCut: Hashable, Sendable {
    public enum Held: Hashable, Sendable {
        /// All filters are transformed first; a task takes tiles in a rectangle of at most so many past them.
        case filters(lines: Int, across: Int)
        /// All tiles are transformed first, in as many stripes as memory asks for. A task takes one of so many parts of a
        /// stripe's tiles and one of so many groups of panels, whose filters it transforms in the cache.
        case tiles(stripes: Int, parts: Int, groups: Int)
        /// Likewise, but the filters of some panels after the others are transformed for all tasks, in so many passes; a
        /// task takes one of so many groups of a pass.
        case both(stripes: Int, passes: Int, parts: Int, groups: Int)
    }

    public private(set) var held: Held
    /// What the busiest thread does, in tiles' products with a panel; one that is held up keeps the others waiting for half
    /// a task.
    public private(set) var busiest: Double

    /// - Parameters:
    ///   - threads: that share the tasks
    ///   - limits: what may be held
    public init(_ size: WinogradSize, threads: Int, limits: ConvolutionLimits = ConvolutionLimits()) {
        let perPlace = size.panels * size.panel * size.channels
        let stripes = Self.parts(WinogradKernel.places * size.tiles * size.row, max(1, limits.tiles))
        (held, busiest) = (.tiles(stripes: stripes, parts: 1, groups: size.panels), .infinity)
        considerTiles(size, stripes: min(size.lines, stripes), threads)
        let passes = Self.parts(WinogradKernel.places * perPlace, max(1, limits.filters))
        considerBoth(size, stripes: min(size.lines, stripes), passes: min(size.panels, passes), threads)
        if passes == 1 { considerFilters(size, threads) }
    }

    private mutating func considerFilters(_ size: WinogradSize, _ threads: Int) {
        // At most some 16 MB of tiles and products at a time.
        let each = WinogradKernel.places * (size.row + size.productRow(panels: size.panels))
        let most = max(size.strip, min(112, (1 << 22) / each))
        let before = Cost.filters * Double(size.panels) / Double(threads)
        for width in 1...min(size.across, most) {
            for height in 1...min(size.lines, most / width) {
                let (down, across) = (Self.parts(size.lines, height), Self.parts(size.across, width))
                let tiles = Self.part(size.lines, down) * Self.part(size.across, across)
                let load =
                    Cost.input(size, lines: height, across: width) * Double(tiles)
                    + Double(size.panels) * (Cost.products(size, tiles) + Cost.panel)
                consider(.filters(lines: height, across: width), before, tasks: down * across, load, threads)
            }
        }
    }

    private mutating func considerTiles(_ size: WinogradSize, stripes: Int, _ threads: Int) {
        let tiles = Self.part(size.lines, stripes) * size.across
        let before = Cost.input(size, lines: 4, across: 4) * Double(tiles) / Double(threads)
        for group in 1...min(2, size.panels) {
            let most = max(size.strip, (1 << 20) / (WinogradKernel.places * group * size.panel))
            let groups = Self.parts(size.panels, group)
            for parts in Self.parts(tiles, most)...max(Self.parts(tiles, most), min(tiles / size.strip, 4 * threads)) {
                let part = Self.part(tiles, parts)
                // Tiles come from further away than the second cache, for all panels of a group at once; and so do products,
                // which go on from one part of the channels to the next, unless they are few.
                let memory = WinogradKernel.places * tiles * size.row > 1 << 24 ? 0.8 : 0.4
                let far = memory / Double(group) + (part * group > 256 ? 0.3 : 0)
                let products = Cost.products(size, part) + far * Double(part)
                let load = Double(Self.part(size.panels, groups)) * (products + Cost.panel + Cost.filters)
                let held = Held.tiles(stripes: stripes, parts: parts, groups: groups)
                consider(held, before, tasks: parts * groups, load, threads, times: stripes)
            }
        }
    }

    private mutating func considerBoth(_ size: WinogradSize, stripes: Int, passes: Int, _ threads: Int) {
        let tiles = Self.part(size.lines, stripes) * size.across
        let input = Cost.input(size, lines: 4, across: 4) * Double(tiles) / Double(threads)
        let panels = Self.part(size.panels, passes)
        let before = input / Double(passes) + Cost.filters * Double(panels) / Double(threads)
        for groups in 1...min(panels, 4 * threads) {
            let group = Self.part(panels, groups)
            // At most some 8 MB of products, and tiles of a place that stay in the second cache.
            let most = max(size.strip, min(112, (1 << 21) / (WinogradKernel.places * size.productRow(panels: group))))
            let fewest = Self.parts(tiles, most)
            for parts in fewest...max(fewest, min(tiles / size.strip, 4 * threads)) {
                let part = Self.part(tiles, parts)
                // Filters come from memory, and the tiles of a place once for each group.
                let load = Double(group) * (Cost.products(size, part) + 1.5 * Cost.panel) + 0.5 * Double(part)
                let held = Held.both(stripes: stripes, passes: passes, parts: parts, groups: groups)
                consider(held, before, tasks: parts * groups, load, threads, times: stripes * passes)
            }
        }
    }

    /// - Parameters:
    ///   - before: what each thread does before the tasks
    ///   - load: of the largest task
    private mutating func consider(
        _ held: Held,
        _ before: Double,
        tasks: Int,
        _ load: Double,
        _ threads: Int,
        times: Int = 1
    ) {
        let rounds = Double((tasks + threads - 1) / threads) + (threads > 1 ? 0.5 : 0)
        let busiest = Double(times) * (before + rounds * load)
        if busiest < self.busiest { (self.held, self.busiest) = (held, busiest) }
    }

    /// How many parts of at most `most` there are, and the largest of so many even parts.
    private static func parts(_ count: Int, _ most: Int) -> Int { (count + most - 1) / most }
    private static func part(_ count: Int, _ parts: Int) -> Int { (count + parts - 1) / parts }
}

/// 0 ..< count in so many parts whose sizes differ by one at most; none is empty.
func evenParts(of count: Int, _ parts: Int) -> [Range<Int>] {
    let parts = max(0, min(parts, count))
    return (0..<parts).map { $0 * count / parts..<($0 + 1) * count / parts }
}

/// Costs in the time that the products of one tile with one panel take, as measured with AVX2 and AVX-512.
enum Cost {
    /// To transform the filters of a panel.
    static let filters = 9.0
    /// To bring a panel into the first cache.
    static let panel = 6.0

    /// The products of some tiles with a panel, and to transform them back.
    static func products(_ size: WinogradSize, _ tiles: Int) -> Double {
        let rows = Double(max(tiles, size.strip / 2))
        return rows + 27 * Double(tiles) / Double(size.channels)
    }

    /// To normalise and transform a tile: what rectangles of tiles share with their neighbours is normalised for each.
    static func input(_ size: WinogradSize, lines: Int, across: Int) -> Double {
        let overlap = (1 + 0.5 / Double(lines)) * (1 + 0.5 / Double(across))
        return 32 / Double(size.panel) * (1 + overlap)
    }
}
