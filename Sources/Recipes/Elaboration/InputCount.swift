import Graph

/// Counts the results that are handed on, each as often as it is read, and reports once when there are too many.
struct InputCount {
    let most: Int
    private var total = 0
    private var largest: (source: Source, count: Int, cells: Int)?
    private(set) var isExceeded = false

    init(most: Int) { self.most = most }

    /// - Parameter count: what `source` gives `cells` cells together.
    mutating func add(_ count: Int, to cells: Int, of source: Source, recipe: CompiledRecipe) {
        total += count
        if count > largest?.count ?? 0 { largest = (source, count, cells) }
        guard total > most, !isExceeded, let largest else { return }
        isExceeded = true
        recipe.diagnostics.error(
            "the sweep has more than \(most) results to hand on; most are of "
                + "\(code(recipe.nodes[largest.source.node].name)), \(largest.count) to \(counted(largest.cells, "cell"))",
            at: largest.source.location,
            hint: "gather fewer axes, or let what gathers depend on fewer"
        )
    }
}
