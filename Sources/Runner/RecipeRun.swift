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
public final class RecipeRun: @unchecked Sendable {
    let graph: ExecutionGraph
    let store: ResultStore
    let options: RunOptions
    let cancellation: Cancellation
    let report: @Sendable (RunEvent) -> Void
    let work: NodeWork
    let delivery: Delivery
    /// The keys of the last run, by the instances' titles.
    let history: [String: Digest]
    let numerics: String
    private let forced: Set<Int>

    // Guarded by `condition` while jobs run.
    let condition = NSCondition()
    var scheduler: Scheduler
    var active = 0
    var summary = RunSummary()
    /// Whether the plan was told of; until then, what the cache gives is only gathered.
    var isPlanned = false
    var cachedAtPlan: [Int] = []
    var failures: [Int: NodeFailure] = [:]

    private var contentParameters: [Int: [String: Value]] = [:]
    /// By the instance that reads it.
    private lazy var baselinePaths = Dictionary(
        graph.baselines.map { ($0.reader, $0.path) },
        uniquingKeysWith: { first, _ in first }
    )

    /// - Parameter report: called from several threads.
    /// - Throws: `UnknownNode` for a name in `only` or `force` that the recipe does not have.
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
            throw UnknownNode(name: name, nearest: nearMatch(to: name, among: names))
        }
        self.graph = graph
        self.store = store
        self.options = options
        self.cancellation = cancellation
        self.report = report
        numerics = environment.numerics
        work = NodeWork(
            graph: graph,
            store: store,
            environment: environment,
            cancellation: cancellation,
            residents: residents,
            report: report
        )
        delivery = Delivery(graph: graph, store: store, options: options, version: environment.version)
        history = store.history(of: options.recipe)
        forced = Set(graph.instances.indices.filter { options.force.contains(graph.instances[$0].node) })
        let needed = NeededInstances(graph, targets: Self.targets(of: graph, delivery, options))
        scheduler = Scheduler(graph: graph, needed: needed, forced: forced)
    }

    /// What must be known in the end: what outputs and expectations name, or the nodes asked for, or everything.
    private static func targets(of graph: ExecutionGraph, _ delivery: Delivery, _ options: RunOptions) -> [Int] {
        if !options.only.isEmpty {
            return graph.instances.indices.filter { options.only.contains(graph.instances[$0].node) }
        }
        let named = delivery.targets
        if !named.isEmpty { return named }
        let read = Set(graph.instances.flatMap { $0.inputs.values.joined() })
        return graph.instances.indices.filter { !read.contains($0) }
    }

    func isForced(_ index: Int) -> Bool { forced.contains(index) }

    // MARK: - Keys

    var oracle: Scheduler.Oracle {
        Scheduler.Oracle(
            key: { [self] index, inputs in
                let schema = graph.instances[index].schema
                return CacheKey(
                    kind: schema.name,
                    version: schema.version,
                    parameters: contentParameters[index] ?? graph.instances[index].parameters,
                    inputs: inputs,
                    numerics: numerics
                )
            },
            lookUp: { [store] in store.result(for: $0) },
            needsDelivery: { [delivery] in delivery.isNeeded($0, value: $1, key: $2) }
        )
    }

    /// Takes the digests of the files that parameters name, and looks up all that can be looked up. Readers of files
    /// and references are left to run.
    func begin() {
        for index in scheduler.needed.indices {
            let instance = graph.instances[index]
            guard instance.schema.parameters.contains(where: { $0.form.mentionsFile }) else { continue }
            do {
                contentParameters[index] = try instance.contentParameters { path in
                    try store.fileDigest(path) { try cancellation.check() }
                }
            } catch is CancellationError {
                return scheduler.stop()
            } catch {
                fail(index, missingBaseline(readBy: index) ?? error)
            }
        }
        scheduler.begin(oracle)
    }

    private func missingBaseline(readBy index: Int) -> MissingBaseline? {
        guard let path = baselinePaths[index], access(path, F_OK) != 0, errno == ENOENT else { return nil }
        return MissingBaseline(path: path, recipe: graph.file)
    }

    func fail(_ index: Int, _ error: any Error) {
        let failure = NodeFailure(graph.instances[index], error)
        failures[index] = failure
        scheduler.fail(index)
    }
}
