import Graph
import Recipes

/// A plan as `pulid-run plan` prints it: a row for each node, and the reasons.
public struct PlanTable: CustomStringConvertible {
    private struct Row {
        let node: String
        var cells = 0
        var cached = 0
        var runs = 0
        /// Each once, in the order in which they come up.
        var reasons: [String] = []
        private var knownReasons: Set<String> = []

        init(node: String) { self.node = node }

        mutating func add(_ reason: String) {
            if knownReasons.insert(reason).inserted { reasons.append(reason) }
        }
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
            var why = row.reasons
            if why.count > 1, !showsAllReasons { why = [why[0] + Self.others(why.count - 1)] }
            lines.append([row.node, "\(row.cells)", "\(row.cached)", "\(row.runs)"] + why.prefix(1))
            lines += why.dropFirst().map { ["", "", "", "", $0] }
        }
        let count = counted(plan.cached, "node")
        let remote = plan.remote > 0 ? " (\(plan.remote) in the remote cache)" : ""
        return "\(TextColumns(lines, right: [1, 2, 3]))\(choices)\(count) cached\(remote), \(plan.toRun) to run"
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

    private func reason(of step: Plan.Step) -> String? {
        switch step.status {
        case .run(let reason): reason.summary(in: graph)
        case .failed(let failure): "fails: \(TerminalText(failure.reason).escaped())"
        case .blocked(let index): "\(graph.instances[index].node) fails"
        case .skipped(let index):
            "\(graph.instances[index].node): \(graph.instances[index].schema.absence ?? "nothing")"
        case .cached, .reference: nil
        }
    }

    private static func others(_ count: Int) -> String {
        count == 0 ? "" : count == 1 ? " (and 1 other reason: -v)" : " (and \(count) other reasons: -v)"
    }
}

extension RunReason {
    /// A few words; nodes are named without their cells.
    public func summary(in graph: ExecutionGraph) -> String {
        switch self {
        case .new: return "new"
        case .forced: return "forced"
        case .evicted: return "its value was evicted from the cache"
        case .forgotten: return "its result is not in the cache any more"
        case .changed(let changes):
            return changes.map { change in
                change.component.hasPrefix("input ") ? "\(change.component) changed" : "\(change)"
            }.joined(separator: ", ")
        case .inputs(let inputs):
            var nodes: [String] = []
            for input in inputs where !nodes.contains(graph.instances[input].node) {
                nodes.append(graph.instances[input].node)
            }
            return "\(enumeration(nodes)) \(nodes.count < 2 ? "runs" : "run")"
        }
    }
}
