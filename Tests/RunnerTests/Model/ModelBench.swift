import Dispatch
import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Synchronization

/// The engine as the model test sees it: all that it asks of Runner and Store is here.
final class ModelBench {
    struct Request: CustomStringConvertible {
        var only: [String] = []
        var force: [String] = []
        var keepGoing = false
        var jobs = 1
        var isReadOnly = false
        var numerics = "toy"
        /// After so many nodes the run is told to stop.
        var stopsAfter: Int?
        /// After so many nodes another process evicts all values.
        var evictsAfter: Int?
        /// After so many nodes the disk is full for a moment.
        var fillsUpAfter: Int?
        /// And then until the end of the run.
        var staysFull = false

        var description: String {
            let words = [
                only.isEmpty ? nil : "--only \(only[0])", force.isEmpty ? nil : "--force \(force[0])",
                keepGoing ? "--keep-going" : nil, jobs > 1 ? "--jobs \(jobs)" : nil, isReadOnly ? "read-only" : nil,
                stopsAfter.map { "stopped after \($0)" }, evictsAfter.map { "evicted after \($0)" },
                fillsUpAfter.map { "disk full \(staysFull ? "from" : "after") \($0)" },
            ]
            return words.compactMap { $0 }.joined(separator: " ")
        }
    }

    struct Report {
        var ran: [String]
        var failed: [String]
        var status: ExitStatus
        var warnings: [String]
    }

    private let workshop: Workshop
    /// Bytes of a file at most where the disk is full.
    private static let fullSize = 2048

    init() throws { workshop = try Workshop() }

    func path(_ name: String) -> String { workshop.folder(name) }

    func write(_ text: String, to name: String) throws { try workshop.folder.write(text, to: name, age: 60) }

    func touch(_ name: String) throws {
        let date = Date(timeIntervalSinceNow: -30)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path(name))
    }

    // MARK: - Runs

    func run(_ graph: ExecutionGraph, _ request: Request) throws -> Report {
        let cancellation = Cancellation()
        let finished = Atomic<Int>(0)
        let evict: @Sendable () -> Void = { [folder = workshop.folder] in
            guard let store = try? ResultStore(folder: CacheFolder(folder("cache")), warn: { _ in }) else { return }
            _ = try? store.evictValues(keeping: 0)
            store.close()
        }
        let fillUp: @Sendable () -> Void = {
            // What is written as an output is smaller.
            try? FileSizeLimit.set(Self.fullSize)
            if request.staysFull { return }
            Thread.detachNewThread {
                usleep(20_000)
                try? FileSizeLimit.set(nil)
            }
        }
        if request.fillsUpAfter == 0 { fillUp() }
        defer { if request.staysFull { try? FileSizeLimit.set(nil) } }
        let outcome = try workshop.run(
            graph,
            access: request.isReadOnly ? .readOnly : .readWrite,
            numerics: request.numerics,
            cancellation: cancellation,
            { self.apply(request, to: &$0) },
            onEvent: { event in
                guard case .finished = event else { return }
                let count = finished.add(1, ordering: .relaxed).newValue
                if count == request.stopsAfter { cancellation.request() }
                if count == request.evictsAfter { evict() }
                if count == request.fillsUpAfter { fillUp() }
            }
        )
        return Report(
            ran: outcome.ran,
            failed: outcome.summary.failures.map(\.title),
            status: outcome.summary.exitStatus,
            warnings: outcome.warnings
        )
    }

    /// Two runs at the same time on one cache, as two processes would have it, each with an output folder of its own.
    func runTwice(_ graph: ExecutionGraph, _ request: Request) throws -> [Report] {
        let reports = Mutex<[Result<Report, any Error>]>([])
        let options = [nil, "other"].map { out in
            workshop.options {
                self.apply(request, to: &$0)
                if let out { $0.out = self.path(out) }
            }
        }
        let cache = path("cache")
        DispatchQueue.concurrentPerform(iterations: 2) { worker in
            let log = Mutex<(ran: [String], warnings: [String])>(([], []))
            let report = Result {
                let store = try ResultStore(folder: CacheFolder(cache)) { text in
                    log.withLock { $0.warnings.append(text) }
                }
                defer { store.close() }
                let environment = RunEnvironment(numerics: request.numerics, version: "1.0")
                let summary = try RecipeRun(graph, store: store, options: options[worker], environment: environment) {
                    event in
                    if case .finished(let name, _, _) = event { log.withLock { $0.ran.append(name.title) } }
                }.run()
                return Report(
                    ran: log.withLock { $0.ran },
                    failed: summary.failures.map(\.title),
                    status: summary.exitStatus,
                    warnings: log.withLock { $0.warnings }
                )
            }
            reports.withLock { $0.append(report) }
        }
        return try reports.withLock { try $0.map { try $0.get() } }
    }

    func planned(_ graph: ExecutionGraph, numerics: String) throws -> [String] {
        try workshop.plan(graph, numerics: numerics).running
    }

    private func apply(_ request: Request, to options: inout RunOptions) {
        options.only = request.only
        options.force = request.force
        options.keepGoing = request.keepGoing
        options.jobs = request.jobs
        options.describesPictures = false
    }

    // MARK: - The cache

    func evict() throws {
        let store = try workshop.openStore()
        _ = try store.evictValues(keeping: 0)
        store.close()
    }

    /// Flips a bit of a value wherever the cache holds it.
    /// - Returns: whether it holds it.
    func damage(_ bytes: [UInt8]) throws -> Bool {
        let file = path("cache/cache.sqlite")
        guard var database = FileManager.default.contents(atPath: file) else { return false }
        var from = database.startIndex
        var isFound = false
        while let place = database.range(of: Data(bytes), in: from..<database.endIndex) {
            database[place.lowerBound + bytes.count / 2] ^= 4
            from = place.upperBound
            isFound = true
        }
        if isFound { try database.write(to: URL(fileURLWithPath: file)) }
        return isFound
    }

    /// What a kill leaves that comes before anything is committed: the cache as it was, and the outputs as they are.
    func keepingCache<T>(_ body: () throws -> T) throws -> T {
        let (cache, copy) = (path("cache"), path("copy"))
        try? FileManager.default.removeItem(atPath: copy)
        let existed = FileManager.default.fileExists(atPath: cache)
        if existed { try FileManager.default.copyItem(atPath: cache, toPath: copy) }
        let result = try body()
        try FileManager.default.removeItem(atPath: cache)
        if existed { try FileManager.default.moveItem(atPath: copy, toPath: cache) }
        return result
    }

    // MARK: - Outputs

    func output(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path("out/" + name)).map(Array.init)
    }

    func removeOutput(_ name: String) { try? FileManager.default.removeItem(atPath: path("out/" + name)) }

    func spoilOutput(_ name: String) throws {
        if output(name) != nil { try workshop.folder.write("spoiled", to: "out/" + name) }
    }
}
