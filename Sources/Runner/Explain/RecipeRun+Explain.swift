import Graph
import Store

extension RecipeRun {
    /// For each cell of a node, whether it runs and which parts of its key changed since the last run, back to where
    /// each change began. Make the run with `only: [node]`, so that what no output needs can be explained too.
    ///
    /// - Throws: `UnknownNode`.
    public func explain(_ node: String) throws -> String {
        let names = Set(graph.instances.map(\.node))
        guard names.contains(node) else { throw UnknownNode(name: node, nearest: nearMatch(to: node, among: names)) }
        let plan = plan()
        let writer = ExplanationWriter(run: self, plan: plan)
        for step in plan.steps where step.name.node == node { writer.explain(step.index, depth: 0) }
        return writer.text
    }
}

/// Follows changes from a node up to their causes.
private final class ExplanationWriter {
    /// Of a gathered sweep, as many inputs are followed.
    private static let widest = 3

    private let run: RecipeRun
    private let steps: [Int: Plan.Step]
    private var explained: Set<Int> = []
    private(set) var text = ""

    init(run: RecipeRun, plan: Plan) {
        self.run = run
        steps = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.index, $0) })
    }

    func explain(_ index: Int, depth: Int) {
        guard let step = steps[index] else { return }
        let title = step.name.title
        guard explained.insert(index).inserted else { return line("\(title): see above", depth) }
        switch step.status {
        case .cached: explainKnown(title, index, "cached", depth)
        case .reference: explainKnown(title, index, "names its files", depth)
        case .failed(let failure): line("\(title): fails: \(failure.reason)", depth)
        case .blocked(let cause): line("\(title): cannot run, since `\(run.graph.instances[cause].title)` fails", depth)
        case .run(.new): line("\(title): runs, since it has no result in this recipe yet", depth)
        case .run(.forced): line("\(title): runs, since --force asks for it", depth)
        case .run(.evicted): line("\(title): runs, since its value was evicted from the cache and is needed", depth)
        case .run(.forgotten):
            line("\(title): runs: nothing changed, but its result is not in the cache any more", depth)
        case .run(.changed(let changes)):
            line("\(title): runs, since its key changed", depth)
            explain(changes, of: index, depth: depth + 1)
        case .run(.inputs(let inputs)):
            line("\(title): runs, unless what it reads comes out as before", depth)
            follow(inputs, depth: depth + 1)
        }
    }

    /// What has a digest: as in the last run, or another.
    private func explainKnown(_ title: String, _ index: Int, _ state: String, _ depth: Int) {
        guard let last = run.history[title], let key = run.scheduler.keys[index] else {
            return line("\(title): \(state)", depth)
        }
        guard last != key.digest else {
            // A reference's key holds paths; what lies there may be another file.
            let value = run.store.result(for: last)?.value
            let isSame = value == nil || value == run.scheduler.digests[index]
            return line("\(title): \(state)\(isSame ? "" : ", which have changed")", depth)
        }
        line("\(title): \(state), by another key than in the last run", depth)
        guard let components = run.store.components(of: last) else { return }
        explain(KeyChange.between(components, KeyComponents(key)), of: index, depth: depth + 1)
    }

    private func explain(_ changes: [KeyChange], of index: Int, depth: Int) {
        for change in changes {
            line("\(change)", depth)
            guard change.component.hasPrefix("input ") else { continue }
            let port = String(change.component.dropFirst("input ".count))
            let sources = run.graph.instances[index].inputs[port] ?? []
            follow(sources.filter(isNews), depth: depth + 1)
        }
    }

    /// Whether there is more to say of an input than that it is as it was.
    private func isNews(_ index: Int) -> Bool {
        guard let step = steps[index] else { return false }
        if step.runs { return true }
        guard let last = run.history[step.name.title], let key = run.scheduler.keyDigests[index] else { return true }
        return last != key || run.store.result(for: last)?.value != run.scheduler.digests[index]
    }

    private func follow(_ indices: [Int], depth: Int) {
        for index in indices.prefix(Self.widest) { explain(index, depth: depth) }
        if indices.count > Self.widest { line("and \(indices.count - Self.widest) more", depth) }
    }

    private func line(_ content: String, _ depth: Int) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }
}
