import Graph
import Recipes
import Store

extension RecipeRun {
    /// For each cell of a node, whether it runs and which parts of its key changed since the last run, back to where
    /// each change began; cells of which the same is to be said, together. Make the run with `only: [node]`, so that
    /// what no output needs can be explained too.
    ///
    /// - Parameters:
    ///   - node: the node's name.
    ///   - title: some of its cells alone, as `CellSelection` reads them: `latent[style=neon seed=1]`.
    /// - Throws: `UnknownNode`; `UnknownCells`.
    public func explain(_ node: String, cell title: String? = nil) throws -> String {
        let names = Set(graph.instances.map(\.node))
        guard names.contains(node) else { throw UnknownNode(name: node, nearest: nearMatch(to: node, among: names)) }
        return try explain(node, cell: title, in: plan()).map { $0.text }.joined()
    }

    /// The same of every node of which there is something to say; one line where there is nothing. What stands behind a change is
    /// said of the node that it begins with.
    public func explainAll() -> String {
        let plan = plan()
        var nodes: [String] = []
        for step in plan.steps where !nodes.contains(step.name.node) { nodes.append(step.name.node) }
        let texts = nodes.flatMap { node in
            ((try? explain(node, cell: nil, in: plan)) ?? []).filter(\.isNews).map(\.shortText)
        }
        return texts.isEmpty
            ? "nothing has changed: all that was asked for is cached, as in the last run\n" : texts.joined()
    }

    private func explain(_ node: String, cell title: String?, in plan: Plan) throws -> [ExplainedCells] {
        var steps = plan.steps.filter { $0.name.node == node }
        let cells = steps.count
        if let title {
            let selection = CellSelection(title)
            _ = try selection.instances(in: graph)
            steps = steps.filter { selection.contains(graph.instances[$0.index]) }
        }
        var groups: [(explanation: Explanation, titles: [String])] = []
        var places: [Explanation: Int] = [:]
        for step in steps {
            var writer = ExplanationWriter(run: self, plan: plan, cell: step.name.cell)
            writer.explain(step.index, depth: 0)
            if let place = places[writer.explanation] {
                groups[place].titles.append(step.name.shortTitle)
            } else {
                places[writer.explanation] = groups.count
                groups.append((writer.explanation, [step.name.shortTitle]))
            }
        }
        return groups.map { group in
            ExplainedCells(
                explanation: group.explanation,
                titles: group.titles,
                node: node,
                isWhole: group.titles.count == cells
            )
        }
    }
}

/// Cells of a node of which the same is to be said.
private struct ExplainedCells {
    let explanation: Explanation
    let titles: [String]
    let node: String
    /// Whether those are all the cells there are.
    let isWhole: Bool

    var text: String { explanation.text(for: titles, node: node, isWhole: isWhole) }
    /// Without what stands behind its inputs.
    var shortText: String { explanation.text(for: titles, node: node, isWhole: isWhole, deepest: 1) }
    /// Whether there is more to say than that all is as the last run found it.
    var isNews: Bool { explanation.isNews }
}

/// What is said of one cell: equal for cells of which the same is said.
private struct Explanation: Hashable {
    struct Line: Hashable {
        let depth: Int
        /// The node that the line is about; nil for the first line and for those about no node.
        let node: String?
        let content: String
    }

    var lines: [Line] = []
    /// Whether the cell is not as the last run found it, or that run found it another.
    var isNews = true

    /// - Parameters:
    ///   - titles: of the cells that this is said of.
    ///   - isWhole: whether those are all the cells there are.
    ///   - deepest: how far back causes are followed.
    func text(for titles: [String], node: String, isWhole: Bool, deepest: Int = .max) -> String {
        lines.enumerated().filter { $0.element.depth <= deepest }.map { number, line in
            let subject = number == 0 ? Self.subject(titles, node: node, isWhole: isWhole) : line.node ?? ""
            return String(repeating: "  ", count: line.depth) + subject + line.content + "\n"
        }.joined()
    }

    private static func subject(_ titles: [String], node: String, isWhole: Bool) -> String {
        if titles.count == 1 { return titles[0] }
        if isWhole { return "\(node) (all \(titles.count) cells)" }
        let rest = titles.count > 3 ? " and \(titles.count - 3) more" : ""
        return titles.prefix(3).joined(separator: ", ") + rest
    }
}

/// Follows changes from a node up to their causes.
private struct ExplanationWriter {
    /// Of a gathered sweep, as many inputs are followed.
    private static let widest = 3

    private let run: RecipeRun
    private let plan: Plan
    private let cell: Cell
    private let states: [InstanceState]
    private var explained: Set<Int> = []
    /// What is told is what the runs before found, not what the next one will.
    private var isOfThePast = false
    private(set) var explanation = Explanation()

    /// - Parameter cell: what is explained; nodes there go by their names alone.
    init(run: RecipeRun, plan: Plan, cell: Cell) {
        self.run = run
        self.plan = plan
        self.cell = cell
        states = run.state.withLock { $0.scheduler.states }
    }

    mutating func explain(_ index: Int, depth: Int) {
        guard let step = plan[index] else { return }
        guard explained.insert(index).inserted else { return line(step, ": see above", depth) }
        switch step.status {
        case .cached, .reference: explainKnown(step, depth)
        case .failed(let failure): line(step, ": fails: \(TerminalText(failure.reason).escaped())", depth)
        case .blocked(let cause):
            line(step, ": cannot run, since `\(name(InstanceName(run.graph.instances[cause])))` fails", depth)
        case .skipped(let cause):
            let absent = run.graph.instances[cause]
            line(
                step,
                ": is skipped, since `\(name(InstanceName(absent)))` gives nothing: \(absent.schema.absence ?? "it is absent")",
                depth
            )
        case .run(.new): line(step, ": will run: it has no result yet", depth)
        case .run(.forced): line(step, ": will run: --force asks for it", depth)
        case .run(.evicted):
            line(step, ": will run: its result is needed, and was removed from the cache to make room", depth)
        case .run(.forgotten):
            line(step, ": will run: nothing changed, but its result is no longer in the cache", depth)
        case .run(.changed(let changes)):
            line(step, ": will run: it changed since the last run", depth)
            explain(changes, of: index, depth: depth + 1)
        case .run(.inputs(let inputs)):
            line(step, ": will run if what it reads comes out different", depth)
            follow(inputs, depth: depth + 1)
        }
    }

    /// What has a digest: as in the last run, or another.
    private mutating func explainKnown(_ step: Plan.Step, _ depth: Int) {
        let index = step.index
        let title = run.graph.instances[index].title
        let isReference = if case .reference = step.status { true } else { false }
        guard let last = run.history[title], let key = states[index].key else {
            if depth == 0 { explanation.isNews = false }
            return line(step, isReference ? ": names its files" : ": its result is in the cache", depth)
        }
        guard last == key else {
            line(
                step,
                ": changed since the last run\(isReference ? "" : "; its result is in the cache already")",
                depth
            )
            return explainChanges(since: last, of: index, depth: depth + 1)
        }
        // A reference's key holds paths; what lies there may be another file.
        if let value = run.store.result(for: last)?.value, value != states[index].digest {
            return line(step, ": its files have changed since the last run", depth)
        }
        let isOfLastRun = run.history.lastRunChanged(title)
        guard let before = run.history.keyBefore(title), before != key, run.store.components(of: before) != nil else {
            if depth == 0 { explanation.isNews = isOfLastRun }
            return line(step, isOfLastRun ? ": new in the last run" : ": as in the last run", depth)
        }
        if depth == 0 { explanation.isNews = isOfLastRun }
        line(step, isOfLastRun ? ": changed in the last run" : ": unchanged in the last run; changed before it", depth)
        let wasOfThePast = isOfThePast
        isOfThePast = true
        defer { isOfThePast = wasOfThePast }
        explainChanges(since: before, of: index, depth: depth + 1)
    }

    private mutating func explainChanges(since last: Digest, of index: Int, depth: Int) {
        guard let components = run.store.components(of: last) else { return }
        let scheduler = run.state.withLock { $0.scheduler }
        let changes = run.changes(of: index, since: components, scheduler, isOfThePast: isOfThePast)
        explain(changes, of: index, depth: depth)
    }

    private mutating func explain(_ changes: [KeyChange], of index: Int, depth: Int) {
        for change in changes {
            explanation.lines.append(Explanation.Line(depth: depth, node: nil, content: "\(change)"))
            guard let port = change.input else { continue }
            let sources = run.graph.instances[index].inputs[port] ?? []
            follow(sources.filter(isNews), depth: depth + 1)
        }
    }

    /// Whether there is more to say of an input than that it is as it was.
    private func isNews(_ index: Int) -> Bool {
        guard let step = plan[index] else { return false }
        if step.runs { return true }
        let title = run.graph.instances[index].title
        if isOfThePast { return run.history.keyBefore(title) != nil }
        guard let last = run.history[title], let key = states[index].key else { return true }
        return last != key || run.store.result(for: last)?.value != states[index].digest
    }

    private mutating func follow(_ indices: [Int], depth: Int) {
        for index in indices.prefix(Self.widest) { explain(index, depth: depth) }
        guard indices.count > Self.widest else { return }
        let rest = "and \(indices.count - Self.widest) more"
        explanation.lines.append(Explanation.Line(depth: depth, node: nil, content: rest))
    }

    private mutating func line(_ step: Plan.Step, _ content: String, _ depth: Int) {
        // The first line's subject is the cell itself, or the group of those that it stands for.
        let node = depth == 0 ? nil : name(step.name)
        explanation.lines.append(Explanation.Line(depth: depth, node: node, content: content))
    }

    /// The node's name alone where its cell is the one explained, as far as it has the same axes.
    private func name(_ name: InstanceName) -> String {
        name.cell.coordinates.allSatisfy { cell[$0.axis] == $0.value } ? name.node : name.shortTitle
    }
}
