import Graph
import Recipes
import Runner

/// Runs a graph against the cache until it is done or a signal ends it. Signals are heard from the beginning.
struct Execution {
    private let cache: CacheOptions
    private let numerics: NumericsOptions
    private let resources: ResourceOptions
    private let cancellation = Cancellation()
    private let interrupts: Interrupts

    init(_ cache: CacheOptions, _ numerics: NumericsOptions, _ resources: ResourceOptions) {
        self.cache = cache
        self.numerics = numerics
        self.resources = resources
        interrupts = Interrupts(cancellation)
    }

    /// - Throws: `StoreError`; `UnknownNode`.
    func callAsFunction(
        _ graph: ExecutionGraph,
        _ options: RunOptions,
        reporter: any Reporter
    ) throws -> Runner.ExitStatus {
        let store = try cache.open { reporter.receive(.warning($0)) }
        defer { store.close() }
        interrupts.beforeEnding { store.flush() }
        var options = options
        options.jobs = resources.jobs
        let run = try RecipeRun(
            graph,
            store: store,
            options: options,
            environment: Program.environment(numerics, threads: resources.threads),
            cancellation: cancellation,
            residents: resources.residents,
            report: { reporter.receive($0) }
        )
        let status = run.run().exitStatus
        return status == .interrupted ? interrupts.exitStatus : status
    }
}
