import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Synchronization

/// A folder with a cache, in which graphs are run over and over as a user would.
final class Workshop: Sendable {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    struct Outcome {
        let summary: RunSummary
        let events: [RunEvent]
        /// Titles of what was executed, in order.
        let ran: [String]
        let warnings: [String]

        /// Paths of outputs that were written.
        var written: [String] {
            summary.outputs.compactMap {
                if case .written = $0.outcome { ($0.path as NSString).lastPathComponent } else { nil }
            }
            .sorted()
        }

        var unchanged: [String] {
            summary.outputs.compactMap {
                if case .unchanged = $0.outcome { ($0.path as NSString).lastPathComponent } else { nil }
            }
            .sorted()
        }
    }

    func options(_ change: (inout RunOptions) -> Void = { _ in }) -> RunOptions {
        var options = RunOptions(out: folder("out"), recipe: folder("test.yaml"))
        change(&options)
        return options
    }

    func openStore(
        _ access: ResultStore.Access = .readWrite,
        cache: String = "cache",
        remote: RemoteCache? = nil,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) throws -> ResultStore {
        try ResultStore(folder: CacheFolder(folder(cache)), access: access, remote: remote, warn: warn)
    }

    func run(
        _ graph: ExecutionGraph,
        access: ResultStore.Access = .readWrite,
        cache: String = "cache",
        remote: RemoteChoice = .none,
        numerics: String = "toy",
        precision: String? = nil,
        cancellation: Cancellation = Cancellation(),
        _ change: (inout RunOptions) -> Void = { _ in },
        onEvent: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> Outcome {
        let log = Mutex<(events: [RunEvent], warnings: [String])>(([], []))
        let warn: @Sendable (String) -> Void = { warning in log.withLock { $0.warnings.append(warning) } }
        let store = try openStore(access, cache: cache, remote: remote.open(warn), warn: warn)
        defer { store.close() }
        let run = try RecipeRun(
            graph,
            store: store,
            options: options(change),
            environment: RunEnvironment(numerics: numerics, precision: precision, version: "1.0"),
            cancellation: cancellation
        ) { event in
            log.withLock { $0.events.append(event) }
            onEvent(event)
        }
        let summary = run.run()
        let (events, warnings) = log.withLock { $0 }
        let ran = events.compactMap { if case .finished(let name, _, _) = $0 { name.title } else { nil } }
        return Outcome(summary: summary, events: events, ran: ran, warnings: warnings)
    }

    func plan(
        _ graph: ExecutionGraph,
        cache: String = "cache",
        remote: RemoteCache? = nil,
        numerics: String = "toy",
        precision: String? = nil,
        _ change: (inout RunOptions) -> Void = { _ in }
    ) throws -> Plan {
        let store = try openStore(cache: cache, remote: remote)
        defer { store.close() }
        return try RecipeRun(
            graph,
            store: store,
            options: options(change),
            environment: RunEnvironment(numerics: numerics, precision: precision, version: "1.0")
        ).plan()
    }

    func planTable(_ graph: ExecutionGraph, _ change: (inout RunOptions) -> Void = { _ in }) throws -> String {
        PlanTable(try plan(graph, change), of: graph).description
    }

    /// Flips a bit of these bytes where they lie in the database.
    func damage(_ bytes: [UInt8], cache: String = "cache") throws {
        var database = try folder.bytes(of: "\(cache)/cache.sqlite")
        guard let place = database.indices.first(where: { database[$0...].starts(with: bytes) }) else {
            preconditionFailure("the cache does not hold these bytes")
        }
        database[place + 10] ^= 4
        try folder.write(database, to: "\(cache)/cache.sqlite")
    }

    func text(_ output: String) throws -> String { try folder.text(of: "out/" + output) }
}

/// A remote cache for one run, whose warnings are that run's.
struct RemoteChoice: Sendable {
    let open: @Sendable (@escaping @Sendable (String) -> Void) throws -> RemoteCache?

    static let none = RemoteChoice { _ in nil }
}

extension Plan {
    /// Titles of what would run, in order.
    var running: [String] { steps.filter(\.runs).map(\.name.title) }
}
