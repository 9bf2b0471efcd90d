/// Into how many tiles the queries of each head are cut; each is a task for one thread.
///
/// They are as large as their scores in the second cache allow, or smaller, in whole strips, where threads would have no work.
public struct AttentionCut {
    public private(set) var tiles: Int

    /// - Parameters:
    ///   - heads: of all pictures
    ///   - strips: tiles' heights of a product in the queries of a head
    ///   - mostStrips: whose scores fit
    ///   - threads: that share the tasks
    public init(heads: Int, strips: Int, mostStrips: Int, threads: Int) {
        let fewest = (strips + mostStrips - 1) / mostStrips
        tiles = fewest
        guard threads > 1, heads > 0, fewest > 0 else { return }
        var least = Int.max
        for count in fewest...max(fewest, min(strips, fewest + (4 * threads + heads - 1) / heads)) {
            let rounds = (heads * count + threads - 1) / threads
            let load = rounds * Self.load(strips: (strips + count - 1) / count)
            if load < least { (least, tiles) = (load, count) }
        }
    }

    /// What a task costs, in halves of a strip: a head's keys and values come from further away than the second cache.
    private static func load(strips: Int) -> Int { 2 * strips + 1 }
}
