import Foundation
import Graph
import Recipes

/// A picture that is no longer like its baseline, or has none yet.
public struct Regression: Sendable {
    /// A condition that is not met.
    public struct Finding: Sendable {
        public let field: String
        public let comparison: Expectation.Comparison
        public let bound: Double
        /// nil where it was not measured.
        public let measured: Double?

        package init(field: String, comparison: Expectation.Comparison, bound: Double, measured: Double?) {
            (self.field, self.comparison, self.bound, self.measured) = (field, comparison, bound, measured)
        }

        /// How far off it is, 0 hardly ... 1 wholly: the distance to the bound over both sizes; and that distance.
        var severity: (relative: Double, absolute: Double) {
            guard let measured, measured.isFinite else { return (1, .infinity) }
            let distance = abs(measured - bound)
            let sizes = abs(measured) + abs(bound)
            return (sizes > 0 ? distance / sizes : 0, distance)
        }
    }

    /// The picture: `image[style=neon]`.
    public let name: InstanceName
    /// Where the recipe compares it.
    public let location: SourceLocation
    /// The baseline's file as the recipe gives it.
    public let baseline: String
    /// Conditions that are not met, the worst first; none where the baseline is missing.
    public let findings: [Finding]
    /// What the picture rests on that is not as it was when the baseline was accepted.
    public let cause: RegressionCause

    package init(
        name: InstanceName,
        location: SourceLocation,
        baseline: String,
        findings: [Finding],
        cause: RegressionCause
    ) {
        self.name = name
        self.location = location
        self.baseline = baseline
        self.findings = findings.sorted { $0.severity > $1.severity }
        self.cause = cause
    }

    var severity: (relative: Double, absolute: Double) { findings.first?.severity ?? (0, 0) }
}

/// Why pictures are no longer like their baselines.
public struct RegressionCause: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// There is no baseline yet.
        case new
        /// Parts of keys are not what they were (`changes`).
        case changed
        /// The picture is the very one that was accepted; the baseline's file is another.
        case baselineEdited
        /// Every key is as it was, and the picture is not: the program computes otherwise and did not say so.
        case code
        /// Nothing is known of how the baseline was made: it has no entry in the lock file.
        case unknown
    }

    public let kind: Kind
    /// By node and component, in the graph's order; what has the same value for all nodes (`numerics`) once.
    public let changes: [NodeChange]

    /// What `approve --cause` takes: `prompt.text`, or `prompt.text+sdxl.unet`, or `new`, `code`, `baseline`, `unknown`.
    public var id: String {
        switch kind {
        case .new: "new"
        case .changed: changes.map(\.id).joined(separator: "+")
        case .baselineEdited: "baseline"
        case .code: "code"
        case .unknown: "unknown"
        }
    }

    public static func == (a: RegressionCause, b: RegressionCause) -> Bool { a.id == b.id }
    public func hash(into hasher: inout Hasher) { hasher.combine(id) }

    /// In words, without the cells: `prompt.text: "a portrait" -> "a portrait, with a hat"`.
    public var text: String {
        switch kind {
        case .new: "no baseline yet"
        case .changed: changes.map(\.text).joined(separator: "; ")
        case .baselineEdited: "the baseline's file is not the picture that was accepted"
        case .code: "nothing that the picture is made of: the program computes it otherwise than when it was accepted"
        case .unknown: "it is not known how the baseline was made, for `pulid-run approve` has not written it down"
        }
    }

    /// What is said of the pictures, as in `3 pictures changed by prompt.text: a -> b`.
    public var predicate: String {
        switch kind {
        case .new: "without a baseline"
        case .changed, .code: "changed by \(text)"
        case .baselineEdited, .unknown: "unlike the baseline: \(text)"
        }
    }

    package init(_ kind: Kind, _ changes: [NodeChange] = []) {
        self.kind = kind
        self.changes = changes
    }

    /// - Parameters:
    ///   - now: the nodes behind the picture, and the picture the last
    ///   - entries: what was accepted
    package init(of now: [NodeTrace], against entries: [BaselineLock.Entry], numerics: String) {
        guard let picture = now.last?.value,
            let entry = entries.first(where: { $0.numerics == numerics }) ?? entries.first
        else {
            self.init(.unknown)
            return
        }
        let isAccepted = entries.contains { $0.picture == picture }
        let changes = isAccepted ? [] : NodeChange.between(entry.traces, now)
        self.init(isAccepted ? .baselineEdited : changes.isEmpty ? .code : .changed, changes)
    }
}

/// A part of a node's key that is not what it was.
public struct NodeChange: Hashable, Sendable {
    /// nil for what has changed for all nodes alike.
    public let node: String?
    public let change: KeyChange

    /// `prompt.text`, `numerics`
    public var id: String {
        let words = change.component.split(separator: " ", maxSplits: 1).map(String.init)
        let name = words.count == 2 && ["parameter", "file"].contains(words[0]) ? words[1] : change.component
        return (node.map { "\($0)." } ?? "") + name
    }

    /// `prompt.text: "a" -> "b"`
    public var text: String {
        let text = change.description
        let values = text.firstRange(of: ": ").map { String(text[$0.lowerBound...]) } ?? ""
        return TerminalText(id).escaped() + values
    }

    /// Nodes whose results are as they were do not count, whatever has changed of their keys.
    static func between(_ old: [NodeTrace], _ new: [NodeTrace]) -> [NodeChange] {
        let before = Dictionary(old.map { ($0.title, $0) }, uniquingKeysWith: { first, _ in first })
        var changes: [NodeChange] = []
        var numerics: Set<KeyChange> = []
        for trace in new {
            guard let last = before[trace.title] else {
                let change = KeyChange(component: "node", old: nil, new: trace.title)
                changes.append(NodeChange(node: trace.node, change: change))
                continue
            }
            guard last.value != trace.value else { continue }
            let names = Set(last.parts.keys).union(trace.parts.keys).sorted()
            for name in names where last.parts[name] != trace.parts[name] {
                let change = KeyChange(component: name, old: last.parts[name], new: trace.parts[name])
                if name == "numerics" {
                    if numerics.insert(change).inserted { changes.append(NodeChange(node: nil, change: change)) }
                } else {
                    changes.append(NodeChange(node: trace.node, change: change))
                }
            }
        }
        let titles = Set(new.map(\.title))
        for trace in old where !titles.contains(trace.title) {
            let change = KeyChange(component: "node", old: trace.title, new: nil)
            changes.append(NodeChange(node: trace.node, change: change))
        }
        // Cells of one node (gathered) change alike.
        var seen: Set<String> = []
        return changes.filter { seen.insert($0.id).inserted }
    }
}
