import Graph
import Store

extension RecipeRun {
    /// What of an instance's key is not what it was. An input that names files is told by what changed of it: `sdxl.vae`.
    ///
    /// - Parameters:
    ///   - old: the key of the past.
    ///   - isOfThePast: whether that is the key before the last one, not the last.
    func changes(
        of index: Int,
        since old: KeyComponents,
        _ scheduler: Scheduler,
        isOfThePast: Bool = false
    ) -> [KeyChange] {
        var scheduler = scheduler
        var found: [KeyChange] = []
        for change in KeyChange.between(old, KeyComponents(scheduler.key(of: index))) {
            let named = change.input.flatMap { port -> [KeyChange]? in
                guard let sources = graph.instances[index].inputs(of: port), sources.count == 1,
                    graph.instances[sources[0]].schema.evaluation == .reference
                else { return nil }
                return changes(ofReference: sources[0], &scheduler, isOfThePast: isOfThePast)
            }
            for change in named ?? [change] where !found.contains(change) { found.append(change) }
        }
        return found
    }

    /// - Returns: nil where it is not known what it was.
    private func changes(
        ofReference index: Int,
        _ scheduler: inout Scheduler,
        isOfThePast: Bool
    ) -> [KeyChange]? {
        let (node, title) = (graph.instances[index].node, graph.instances[index].title)
        let before = isOfThePast && history.lastRunChanged(title) ? history.keyBefore(title) : nil
        guard let last = before ?? history[title], let old = store.components(of: last) else { return nil }
        let changes = KeyChange.between(old, KeyComponents(scheduler.key(of: index))).map { $0.named(in: node) }
        // Its key holds paths; what lies there may be another file.
        return changes.isEmpty ? [KeyChange(component: "files of \(node)", old: nil, new: nil)] : changes
    }
}
