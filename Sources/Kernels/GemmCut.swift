/// Into how many parts the rows and the columns of a product are cut; each pair of parts is a task for one thread.
///
/// Of all cuts with at least four tasks for each thread, so that one that is held up keeps no other waiting, it is the one
/// whose busiest thread has least to do.
public struct GemmCut {
    public private(set) var rows = 1
    public private(set) var columns: Int

    /// - Parameters:
    ///   - strips: tiles' heights in the rows
    ///   - panels: tiles' widths in the columns
    ///   - mostPanels: that one task may pack
    ///   - threads: that share the tasks
    public init(strips: Int, panels: Int, mostPanels: Int, threads: Int) {
        let fewest = (panels + mostPanels - 1) / mostPanels
        columns = fewest
        guard threads > 1 else { return }
        let wanted = min(4 * threads, panels * Self.mostParts(strips))
        var least = Int.max
        for rows in 1...min(Self.mostParts(strips), 4 * threads) {
            for columns in fewest...min(panels, max(fewest, 4 * threads) + threads) where rows * columns >= wanted {
                let rounds = (rows * columns + threads - 1) / threads
                let load = rounds * Self.load(strips: Self.part(strips, rows), panels: Self.part(panels, columns))
                if load < least { (least, self.rows, self.columns) = (load, rows, columns) }
            }
        }
    }

    /// Parts of the rows pack the same columns, so none is small.
    private static func mostParts(_ strips: Int) -> Int { max(1, strips / 9) }

    /// The largest of so many even parts.
    private static func part(_ count: Int, _ parts: Int) -> Int { (count + parts - 1) / parts }

    /// What a task costs, in quarters of a tile's products: a panel takes as long to pack as two tiles, a strip comes from
    /// further away than the first cache.
    private static func load(strips: Int, panels: Int) -> Int { panels * (4 * strips + 8) + strips }
}
