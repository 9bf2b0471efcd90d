import Foundation
import Graph
import Recipes
import Runner
import Synchronization

/// Gathers what happens in a run, so that a report can be made at any time, while it goes on and after.
public final class RunLog: Reporter {
    private let places: [InstanceName: Int]
    private let state: Mutex<RunSnapshot>

    public init(_ graph: ExecutionGraph) {
        places = Dictionary(
            graph.instances.enumerated().map { (InstanceName($1), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        state = Mutex(RunSnapshot(instances: graph.instances.count))
    }

    public var snapshot: RunSnapshot { state.withLock { $0 } }

    public func receive(_ event: RunEvent) {
        state.withLock { state in
            state.revision += 1
            switch event {
            case .planned(_, let work): state.planned = work
            case .started(let name, let reason, let isPlanned):
                if !isPlanned { state.planned?.toRun[name.kind, default: 0] += 1 }
                update(name, &state) { $0 = InstanceRecord(.running, reason: reason) }
            case .waiting(let name, let holder):
                let reason = "\(holder ?? "another process") computes it"
                update(name, &state) { $0 = InstanceRecord(.waiting, reason: reason) }
            case .progress(let name, let done, let total, _):
                update(name, &state) { $0.progress = total > 0 ? Double(done) / Double(total) : nil }
            case .finished(let name, let seconds, let digest):
                update(name, &state) { record in
                    record.status = .ran
                    record.seconds = seconds
                    record.digest = digest
                    record.progress = nil
                }
            case .cached(let name, let digest, let isPlanned):
                update(name, &state) { $0 = InstanceRecord(isPlanned ? .cached : .sameInputs, digest: digest) }
            case .failed(let failure):
                state.failures.append(failure)
                guard let index = places[failure.name] else { return }
                state.instances[index].status = failure.isMissingBaseline ? .missing : .failed
                state.instances[index].reason = failure.reason
            case .blocked(let name, let cause):
                guard let cause = places[cause] else { return }
                update(name, &state) { record in
                    record.status = .blocked
                    record.blockedBy = cause
                }
            case .skipped(let name, let cause, _):
                update(name, &state) {
                    $0 = InstanceRecord(.skipped, reason: "\(cause.shortTitle) has nothing to give")
                }
            case .measured(let name, let values):
                if let index = places[name] { state.measured[index] = values }
            case .output(let output): state.outputs[output.path] = output
            case .warning(let text): if state.warnings.count < 200 { state.warnings.append(text) }
            case .nodeWarning(let warning): state.note(warning)
            case .expectation: break
            case .summary(let summary): state.summary = summary
            }
        }
    }

    private func update(_ name: InstanceName, _ state: inout RunSnapshot, _ change: (inout InstanceRecord) -> Void) {
        if let index = places[name] { change(&state.instances[index]) }
    }
}

/// What is known of a run at one moment.
public struct RunSnapshot: Sendable {
    /// Another number says that something has changed.
    public fileprivate(set) var revision = 0
    public fileprivate(set) var planned: PlannedWork?
    /// One for each of the graph's instances.
    public fileprivate(set) var instances: [InstanceRecord]
    /// By instance: the fields that were measured.
    public fileprivate(set) var measured: [Int: [String: Double]] = [:]
    public fileprivate(set) var failures: [NodeFailure] = []
    /// By path, as reports of outputs name them.
    public fileprivate(set) var outputs: [String: OutputReport] = [:]
    public fileprivate(set) var warnings: [String] = []
    /// Of warnings of nodes, by kind: where the first is, how it is said, and of how many other cells.
    private var repeated: [NodeWarning.Kind: (place: Int, message: String, others: Int)] = [:]
    /// nil while the run goes on.
    public fileprivate(set) var summary: RunSummary?

    fileprivate mutating func note(_ warning: NodeWarning) {
        let kind = warning.kind
        guard var found = repeated[kind] else {
            guard warnings.count < 200 else { return }
            repeated[kind] = (warnings.count, warning.message, 0)
            return warnings.append(warning.message)
        }
        found.others += 1
        repeated[kind] = found
        warnings[found.place] = "\(found.message) (and so in \(counted(found.others, "more cell")))"
    }

    fileprivate init(instances: Int) {
        self.instances = Array(repeating: InstanceRecord(.pending), count: instances)
    }
}

/// What became of one instance.
public struct InstanceRecord: Sendable {
    public enum Status: String, Sendable, Encodable {
        /// Nothing was heard of it.
        case pending
        /// Another process computes it.
        case waiting
        case running, ran
        /// Its key was known when the run was planned.
        case cached
        /// It was to run, and its inputs came out as before.
        case sameInputs = "same inputs"
        /// It reads a baseline that is not there yet.
        case missing
        case failed, blocked
        /// What it rests on has nothing to give, as the recipe allows.
        case skipped
    }

    public var status: Status
    /// Why it runs or failed.
    public var reason: String?
    public var seconds: Double?
    /// From 0 to 1, while it runs and says so.
    public var progress: Double?
    public var digest: Digest?
    public var blockedBy: Int?

    init(_ status: Status, reason: String? = nil, digest: Digest? = nil) {
        self.status = status
        self.reason = reason
        self.digest = digest
    }

    var isDone: Bool {
        switch status {
        case .ran, .cached, .sameInputs: true
        case .pending, .waiting, .running, .missing, .failed, .blocked, .skipped: false
        }
    }
}
