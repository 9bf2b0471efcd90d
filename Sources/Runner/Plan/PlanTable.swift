import Graph
import Recipes

/// A plan as `pulid-run plan` prints it: a row for each node, and the reasons.
public struct PlanTable: CustomStringConvertible {
    private struct Row {
        let node: String
        var cells = 0
        var cached = 0
        var runs = 0
        private var reasons: [(reason: Reason, cells: Int)] = []
        private var places: [Reason: Int] = [:]

        init(node: String) { self.node = node }

        mutating func add(_ reason: Reason) {
            if let place = places[reason] {
                reasons[place].cells += 1
            } else {
                places[reason] = reasons.count
                reasons.append((reason, 1))
            }
        }

        /// Each once, the gravest first, with the number of its cells where there are others; or that one alone.
        func why(all: Bool) -> [String] {
            let sorted = reasons.enumerated().sorted {
                ($0.element.reason.gravity, $0.offset) < ($1.element.reason.gravity, $1.offset)
            }.map(\.element)
            guard sorted.count > 1 else { return sorted.map(\.reason.text) }
            if all { return sorted.map { "\($0.reason.text) (\(counted($0.cells, "cell")))" } }
            let others = sorted.count == 2 ? "1 other reason" : "\(sorted.count - 1) other reasons"
            return ["\(sorted[0].reason.text) (and \(others): -v)"]
        }
    }

    private struct Reason: Hashable {
        let text: String
        /// The least is said first.
        let gravity: Int
    }

    private let plan: Plan
    private let graph: ExecutionGraph
    private let showsAllReasons: Bool

    /// - Parameter allReasons: each on a line, where the cells of a node run for different ones; else the first alone
    public init(_ plan: Plan, of graph: ExecutionGraph, allReasons: Bool = false) {
        self.plan = plan
        self.graph = graph
        showsAllReasons = allReasons
    }

    public var description: String {
        var lines = [["node", "cells", "cached", "run", "why"]]
        for row in rows {
            let why = row.why(all: showsAllReasons)
            lines.append([row.node, "\(row.cells)", "\(row.cached)", "\(row.runs)"] + why.prefix(1))
            lines += why.dropFirst().map { ["", "", "", "", $0] }
        }
        let count = counted(plan.cached, "node")
        let remote = plan.remote > 0 ? " (\(plan.remote) in the remote cache)" : ""
        var counts = ["\(count) cached\(remote)", "\(plan.toRun) to run"]
        if !plan.failures.isEmpty {
            counts.append("\(plan.failures.count) \(plan.failures.count == 1 ? "fails" : "fail")")
        }
        if plan.blocked > 0 { counts.append("\(plan.blocked) cannot run") }
        if plan.skipped > 0 { counts.append("\(plan.skipped) skipped") }
        return "\(TextColumns(lines, right: [1, 2, 3]))\(choices)\(counts.joined(separator: ", "))"
    }

    /// What models are to be beside their files, where that is not the usual: `sdxl: precision bf16`; `precision f32 (auto)` where
    /// this machine decides.
    private var choices: String {
        var lines: [String] = []
        for step in plan.steps {
            guard case .reference = step.status else { continue }
            let instance = graph.instances[step.index]
            let chosen = instance.schema.parameters.compactMap { parameter -> String? in
                guard case .choice(_, let others) = parameter.form,
                    case .string(let value)? = instance.parameter(parameter.name),
                    parameter.defaultValue != .string(value)
                else { return nil }
                return "\(parameter.name) " + (others.decidedHere[value].map { "\($0) (\(value))" } ?? value)
            }
            let line = "\(step.name.node): \(chosen.joined(separator: ", "))\n"
            if !chosen.isEmpty, !lines.contains(line) { lines.append(line) }
        }
        return lines.joined()
    }

    private var rows: [Row] {
        var rows: [Row] = []
        var places: [String: Int] = [:]
        for step in plan.steps {
            if case .reference = step.status { continue }
            let place = places[step.name.node] ?? rows.count
            if place == rows.count {
                rows.append(Row(node: step.name.node))
                places[step.name.node] = place
            }
            rows[place].cells += 1
            if step.isCached { rows[place].cached += 1 }
            if step.runs { rows[place].runs += 1 }
            if let reason = reason(of: step) { rows[place].add(reason) }
        }
        return rows
    }

    private func reason(of step: Plan.Step) -> Reason? {
        switch step.status {
        case .failed(let failure): Reason(text: "fails: \(TerminalText(failure.reason).escaped())", gravity: 0)
        case .blocked(let index): Reason(text: "cannot run: \(graph.instances[index].node) fails", gravity: 1)
        case .run(let reason): Reason(text: reason.summary(in: graph), gravity: reason.gravity)
        case .skipped(let index):
            Reason(
                text: "skipped: \(graph.instances[index].node): \(graph.instances[index].schema.absence ?? "nothing")",
                gravity: 5
            )
        case .cached, .reference: nil
        }
    }
}

extension RunReason {
    /// What somebody has changed comes before what follows from it, and that before what is only new.
    fileprivate var gravity: Int {
        switch self {
        case .changed, .forced, .evicted, .forgotten: 2
        case .inputs: 3
        case .new: 4
        }
    }

    /// A few words; nodes are named without their cells.
    public func summary(in graph: ExecutionGraph) -> String {
        switch self {
        case .new: return "new"
        case .forced: return "forced"
        case .evicted: return "its value was evicted from the cache"
        case .forgotten: return "its result is not in the cache any more"
        case .changed(let changes):
            return changes.map(\.description).joined(separator: ", ")
        case .inputs(let inputs):
            var nodes: [String] = []
            for input in inputs where !nodes.contains(graph.instances[input].node) {
                nodes.append(graph.instances[input].node)
            }
            return "\(enumeration(nodes)) \(nodes.count < 2 ? "runs" : "run")"
        }
    }
}
