import ArgumentParser
import Graph
import Recipes
import Runner

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what would run, what is cached, and why."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var targets: TargetOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var numerics: NumericsOptions
    @OptionGroup var format: FormatOptions

    @Flag(name: .shortAndLong, help: "Each reason for which the cells of a node run, not the first alone.")
    var verbose = false

    func run() throws {
        try reportingFailures(format: format.format) {
            let loaded = try recipe.load()
            loaded.show(format.format)
            try loaded.checkNeeded(targets.only + targets.force)
            let store = try cache.open { Terminal.error("warning: \($0)\n") }
            defer { store.close() }
            var options = targets.runOptions(recipe, loaded)
            options.lock = try BaselineLock.read(for: loaded.graph)
            let plan = try RecipeRun(
                loaded.graph,
                store: store,
                options: options,
                environment: Program.environment(numerics)
            ).plan()
            switch format.format {
            case .json: Terminal.output(PlanJSON(plan, of: loaded.graph).text)
            case .text, .github, .junit: Terminal.output("\(PlanTable(plan, of: loaded.graph, allReasons: verbose))\n")
            }
            loaded.renderer.show(plan.failures.map(\.diagnostic), format: format.format)
            return plan.failures.allSatisfy(\.isMissingBaseline) ? .success : .nodeFailed
        }
    }
}
