import ArgumentParser
import Runner

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a recipe: what is not in the cache, and no more."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var targets: TargetOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var numerics: NumericsOptions
    @OptionGroup var resources: ResourceOptions
    @OptionGroup var format: FormatOptions

    @Flag(help: "After a failure, run what does not depend on it.")
    var keepGoing = false

    func run() throws {
        try reportingFailures(format: format.format) {
            let cancellation = Cancellation()
            let interrupts = Interrupts(cancellation)
            let loaded = try recipe.load()
            let reporter = format.format.reporter(for: loaded)
            loaded.show(format.format)
            try loaded.checkNeeded(targets.only + targets.force)
            let store = try cache.open { reporter.receive(.warning($0)) }
            defer { store.close() }
            interrupts.beforeEnding { store.flush() }
            var options = targets.runOptions(recipe, loaded)
            options.jobs = resources.jobs
            options.keepGoing = keepGoing
            let run = try RecipeRun(
                loaded.graph,
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
}
