import Foundation
import Graph
import Recipes
import Store

/// One recipe, planned or run against a cache.
///
///     let run = try RecipeRun(graph, store: store, options: options, environment: environment)
///     print(PlanTable(run.plan(), of: graph))      // or:
///     let summary = run.run()
///
/// Each is for one use: a plan keeps no results, a run keeps every one.
public final class RecipeRun: Sendable {
    let graph: ExecutionGraph
    let store: ResultStore
    let options: RunOptions
    let cancellation: Cancellation
    let report: @Sendable (RunEvent) -> Void
    let work: NodeWork
    let files: FileWatch
    let delivery: Delivery
    let history: KeyHistory
    let state: Monitor<RunState>
    private let forced: Set<Int>
    /// See `RunEnvironment.baselineClass`.
    public let baselineClass: String
    private let environment: RunEnvironment
    private let residents: Residents

    /// - Parameter report: called from several threads.
    /// - Throws: `UnknownNode` for a name in `only` or `force` that the recipe does not have; `DivisionError`.
    public init(
        _ graph: ExecutionGraph,
        store: ResultStore,
        options: RunOptions,
        environment: RunEnvironment,
        cancellation: Cancellation = Cancellation(),
        residents: Residents = Residents(),
        report: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws {
        let names = Set(graph.instances.map(\.node))
        for name in options.only + options.force where !names.contains(name) {
            throw UnknownNode(name: name, in: graph)
        }
        self.graph = graph
        self.store = store
        self.options = options
        self.cancellation = cancellation
        self.report = report
        self.environment = environment
        self.residents = residents
        files = FileWatch(store: store, companions: environment.companions) { try cancellation.check() }
        work = NodeWork(
            graph: graph,
            store: store,
            environment: environment,
            cancellation: cancellation,
            residents: residents,
            files: files,
            report: report
        )
        let delivery = Delivery(graph: graph, store: store, options: options, environment: environment)
        self.delivery = delivery
        baselineClass = environment.baselineClass
        history = KeyHistory(store: store, recipe: options.recipe, isKept: options.command.isOfRecipe)
        forced = Set(graph.instances.indices.filter { options.force.contains(graph.instances[$0].node) })
        var needed = NeededInstances(graph, targets: Self.targets(of: graph, options))
        var shardTargets: Set<Int> = []
        if let asked = options.shard {
            let division = try asked.division(of: graph, needed)
            let targets = division[asked.shard].targets
            shardTargets = Set(targets)
            needed = NeededInstances(graph, targets: targets)
        }
        self.shardTargets = shardTargets
        let keys = KeyMaker(graph: graph, environment: environment)
        (self.keys, self.needed) = (keys, needed)
        state = Monitor(
            RunState(
                Scheduler(
                    graph: graph,
                    needed: needed,
                    forced: forced,
                    failuresAreBlank: options.keepGoing,
                    readsAhead: store.remote != nil,
                    oracle: Scheduler.Oracle(
                        key: { keys.key(of: $0, inputs: $1) },
                        keyDigest: { keys.digest(of: $0, inputs: $1) },
                        // Of a shard not the digests alone are wanted, but the values.
                        needsDelivery: { [shardTargets] in
                            shardTargets.contains($0) || delivery.isNeeded($0, value: $1, key: $2)
                        }
                    ),
                    budget: residents.budget
                )
            )
        )
    }

    let needed: NeededInstances
    /// What a shard is for.
    let shardTargets: Set<Int>
    private let keys: KeyMaker

    /// The same from the beginning, when something that a remote cache told turned out not to be true: everything that
    /// rests on it is in doubt. What was computed is in the cache.
    func again() throws -> RecipeRun {
        state.withLock { $0.scheduler.letGoOfAll() }
        store.forgetTold()
        return try RecipeRun(
            graph,
            store: store,
            options: options,
            environment: environment,
            cancellation: cancellation,
            residents: residents,
            report: report
        )
    }

    /// What must be known in the end: what outputs and expectations name, or the nodes asked for, or everything.
    private static func targets(of graph: ExecutionGraph, _ options: RunOptions) -> [Int] {
        if !options.only.isEmpty {
            return graph.instances.indices.filter { options.only.contains(graph.instances[$0].node) }
        }
        var named = Set(graph.expectations.map(\.instance))
        for output in graph.outputs {
            switch output.source {
            case .artifact(let index): named.insert(index)
            case .table(let indices): named.formUnion(indices)
            }
        }
        if !named.isEmpty { return named.sorted() }
        let read = Set(graph.instances.flatMap { $0.inputs.values.joined() })
        return graph.instances.indices.filter { !read.contains($0) }
    }

    func isForced(_ index: Int) -> Bool { forced.contains(index) }

    /// Takes the digests of the files that parameters name, and looks up all that can be looked up. Readers of files
    /// and references are left to run.
    func begin() {
        let baselines = Dictionary(
            graph.baselines.map { ($0.reader, $0.path) },
            uniquingKeysWith: { first, _ in first }
        )
        var keptBaselines: [Int: Digest] = [:]
        let readers = needed.indices.filter { graph.instances[$0].schema.readsFiles }
        files.lookUp(
            readers.flatMap { keys.soleFile(of: graph.instances[$0]).map { [$0] } ?? graph.instances[$0].namedFiles }
        )
        for index in readers {
            let instance = graph.instances[index]
            if let kept = baselines[index].flatMap(keptBaseline) {
                keptBaselines[index] = kept
                continue
            }
            do {
                if let file = keys.soleFile(of: instance) {
                    keys.set(file: try files.content(of: file).digest, of: index)
                } else {
                    keys.set(try instance.contentParameters { try files.content(of: $0).digest }, of: index)
                }
            } catch is CancellationError {
                return state.withLock { $0.scheduler.stop() }
            } catch {
                fail(index, baselines[index].flatMap(missingBaseline) ?? error)
            }
        }
        advance { $0.begin() }
        state.withLock { [keptBaselines] in $0.keptBaselines = keptBaselines }
        // Should the picture be nowhere in the cache, and not be what is rendered now either, its reader runs and fails.
        for (index, kept) in keptBaselines.sorted(by: { $0.key < $1.key }) {
            do {
                try advance { try $0.completeFromCache(index, StoredResult(value: kept, hasValue: true, cost: 0)) }
            } catch {
                fail(index, error)
            }
        }
    }

    /// The picture that a lock file names where the baseline has no file.
    private func keptBaseline(_ path: String) -> Digest? {
        guard access(path, F_OK) != 0, errno == ENOENT, let lock = options.lock else { return nil }
        let entries = lock.entries[BaselineLock.relative(path, to: options.recipe)] ?? []
        let kept = entries.filter { $0.file == nil }
        let entry = kept.first { $0.numerics == baselineClass } ?? kept.first
        return entry?.picture
    }

    private func missingBaseline(_ path: String) -> MissingBaseline? {
        guard access(path, F_OK) != 0, errno == ENOENT else { return nil }
        return MissingBaseline(path: path, accept: accept)
    }

    /// How pictures of this run are accepted.
    var accept: AcceptCommand { AcceptCommand(recipe: graph.file, settings: options.settings) }

    func fail(_ index: Int, _ error: any Error) {
        let kept = state.withLock { $0.keptBaselines[index] }
        let missing = kept.flatMap { kept in
            graph.baselines.first { $0.reader == index }.map {
                MissingBaseline(path: $0.path, accept: accept, kept: kept)
            }
        }
        let failure = NodeFailure(graph.instances[index], missing ?? error)
        state.withLock { $0.failures[index] = failure }
        advance { $0.fail(index) }
    }
}
