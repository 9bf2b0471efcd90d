import Graph

/// A recipe may run so many node instances and no more: a typo in a range should not fill a disk.
struct SweepSize {
    static let mostInstances = 100_000

    let plan: RecipePlan

    func check() {
        var total = 0
        var largest: (node: Int, count: Int)?
        for node in plan.order where plan.wanted.contains(node) && !plan.mentionsBrokenAxis(plan.nodes[node].axes) {
            guard let count = plan.space.count(of: plan.nodes[node].axes) else {
                report(node)
                return
            }
            total += count
            if count > largest?.count ?? 0 { largest = (node, count) }
        }
        if total > Self.mostInstances, let largest { report(largest.node) }
    }

    private func report(_ node: Int) {
        let node = plan.nodes[node]
        let axes = node.axes.indices.map { plan.space.axes[$0] }
        let sizes = axes.map { "\(counted($0.values.count, "value")) of \(code($0.name))" }
        plan.diagnostics.error(
            "the sweep has more than \(Self.mostInstances) node runs; most are of \(code(node.name)), with "
                + enumeration(sizes),
            at: node.location,
            hint: "shorten an axis, or `zip` axes that belong together"
        )
    }
}
