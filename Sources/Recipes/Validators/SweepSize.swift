import Graph

/// A recipe may run so many node instances and no more. How many results they hand on is known only once they are
/// there: `Elaborator` counts those.
struct SweepSize {
    let recipe: CompiledRecipe
    let mostInstances: Int

    /// Whether it is so.
    func check() -> Bool {
        var total = 0
        var largest: (node: Int, count: Int)?
        for node in recipe.order
        where recipe.wanted.contains(node) && !recipe.mentionsBrokenAxis(recipe.nodes[node].axes) {
            guard let count = recipe.space.count(of: recipe.nodes[node].axes) else {
                report(node)
                return false
            }
            total += count
            if count > largest?.count ?? 0 { largest = (node, count) }
        }
        guard total > mostInstances, let largest else { return true }
        report(largest.node)
        return false
    }

    private func report(_ node: Int) {
        let node = recipe.nodes[node]
        let axes = node.axes.indices.map { recipe.space.axes[$0] }
        let sizes = axes.map { "\(counted($0.values.count, "value")) of \(code($0.name))" }
        recipe.diagnostics.error(
            "the sweep has more than \(mostInstances) node runs; most are of \(code(node.name)), with "
                + enumeration(sizes),
            at: node.location,
            hint: "shorten an axis, or `zip` axes that belong together"
        )
    }
}
