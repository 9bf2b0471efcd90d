import Foundation
import Graph
import Runner

/// A picture that a report shows, with what was measured of it.
struct ReportEntry: Sendable {
    /// The instance that made it.
    let instance: Int
    /// Where it is among the outputs, as reports of outputs name it.
    var output: String?
    /// What it is measured against, and the instance that reads that.
    var baseline: Baseline?
    /// The instances that measure it.
    var measurers: [Int] = []
    /// Places in the graph's expectations.
    var expectations: [Int] = []

    /// Those that are measured against baselines, and the other pictures among the outputs, in the recipe's order.
    static func all(in graph: ExecutionGraph, out: String) -> [ReportEntry] {
        var entries: [ReportEntry] = []
        var places: [Int: Int] = [:]
        func add(_ instance: Int) -> Int {
            if let place = places[instance] { return place }
            places[instance] = entries.count
            entries.append(ReportEntry(instance: instance))
            return entries.count - 1
        }
        let baselines = graph.baselines
        for baseline in baselines where isVisible(baseline.measured, in: graph) {
            let place = add(baseline.measured)
            if entries[place].baseline == nil { entries[place].baseline = baseline }
        }
        for output in graph.outputs {
            guard case .artifact(let instance) = output.source, isVisible(instance, in: graph),
                isPicture(output.path)
            else { continue }
            let place = add(instance)
            if entries[place].output == nil {
                entries[place].output = (out.hasSuffix("/") ? out : out + "/") + output.path
            }
        }
        let readers = Set(baselines.map(\.reader))
        for (index, instance) in graph.instances.enumerated() where !instance.schema.output.fields.isEmpty {
            for place in Set(instance.inputs.values.joined().filter { !readers.contains($0) }.compactMap { places[$0] })
            {
                entries[place].measurers.append(index)
            }
        }
        let measured = Dictionary(
            grouping: entries.indices.flatMap { place in
                ([entries[place].instance] + entries[place].measurers).map { (instance: $0, place: place) }
            },
            by: \.instance
        )
        for (number, expectation) in graph.expectations.enumerated() {
            for (_, place) in measured[expectation.instance] ?? [] { entries[place].expectations.append(number) }
        }
        return entries
    }

    private static func isVisible(_ index: Int, in graph: ExecutionGraph) -> Bool {
        graph.instances[index].schema.output is any VisibleArtifact.Type
    }

    private static func isPicture(_ path: String) -> Bool {
        ["png", "jpg", "jpeg", "webp"].contains((path as NSString).pathExtension.lowercased())
    }
}

/// How a picture stands.
struct EntryVerdict: Sendable {
    enum Status: String, Encodable, Sendable {
        /// Something on the way to it, or measuring it, failed.
        case error
        /// An expectation is not met.
        case changed
        /// There is no baseline yet.
        case new
        /// All is met, but no longer by as much as the recipe wishes.
        case warned
        case passed
        case running
        case waiting
        /// The run ended without it.
        case notRun = "not run"
    }

    let status: Status
    /// The worst is the greatest: by how much of its bound an expectation is missed.
    let severity: Double
    /// What failed, where something did.
    let message: String?

    init(_ entry: ReportEntry, _ graph: ExecutionGraph, _ run: RunSnapshot) {
        let instances = [entry.instance] + entry.measurers
        let failed = instances.lazy.compactMap { Self.failure(of: $0, run) }.first
        let unmet = entry.expectations.compactMap { Self.excess(graph.expectations[$0], run) }
        let isOver = run.summary != nil
        let isMissing = entry.baseline.map { run.instances[$0.reader].status == .missing } ?? false
        if let failed {
            self.init(.error, severity: 3e9, failed)
        } else if let worst = unmet.max() {
            self.init(.changed, severity: 2e9 + worst)
        } else if isMissing, run.instances[entry.instance].isDone {
            self.init(.new, severity: 1e9)
        } else if instances.allSatisfy({ run.instances[$0].isDone }) {
            let isWarned = entry.expectations.contains { Self.isWarned(graph.expectations[$0], run) }
            self.init(isWarned ? .warned : .passed, severity: isWarned ? 1e7 : 0)
        } else if isOver {
            self.init(.notRun, severity: 1e8)
        } else {
            self.init(instances.contains { run.instances[$0].status == .running } ? .running : .waiting, severity: 0)
        }
    }

    private init(_ status: Status, severity: Double, _ message: String? = nil) {
        self.status = status
        self.severity = severity
        self.message = message
    }

    private static func failure(of index: Int, _ run: RunSnapshot) -> String? {
        let record = run.instances[index]
        switch record.status {
        case .failed: return record.reason ?? "failed"
        case .blocked:
            guard let cause = record.blockedBy, run.instances[cause].status == .failed else { return nil }
            return run.instances[cause].reason ?? "failed"
        case .pending, .waiting, .running, .ran, .cached, .sameInputs, .missing, .skipped: return nil
        }
    }

    private static func isWarned(_ expectation: Expectation, _ run: RunSnapshot) -> Bool {
        guard let warning = expectation.warning, let value = run.measured[expectation.instance]?[expectation.field]
        else {
            return false
        }
        return !expectation.comparison.holds(value, warning)
    }

    /// As `Expectation.excess`; nil also where its instance has no result.
    static func excess(_ expectation: Expectation, _ run: RunSnapshot) -> Double? {
        run.measured[expectation.instance].flatMap { expectation.excess(of: $0[expectation.field]) }
    }
}
