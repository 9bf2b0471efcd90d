import ArgumentParser
import Runner

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say which part of a node's key changed since the last run."
    )

    @OptionGroup var recipe: RecipeOptions
    @Argument(
        help: "The node's name, or one of its cells: 'latent[style=neon seed=1]'.",
        completion: .custom { words, _, _ in RecipeNames(in: words).nodes }
    )
    var node: String
    @OptionGroup var cache: CacheOptions
    @OptionGroup var numerics: NumericsOptions
    @Option(help: ArgumentHelp("The folder for outputs.", valueName: "dir")) var out: String?

    func run() throws {
        try reportingFailures {
            let loaded = try recipe.load()
            let name = String(node.prefix { $0 != "[" })
            try loaded.checkNeeded([name])
            let store = try cache.openToLook { Terminal.error("warning: \($0)\n") }
            defer { store.close() }
            let options = RunOptions(
                out: out ?? "out/\(loaded.graph.name)",
                recipe: recipe.absolutePath,
                settings: loaded.settings,
                only: [name]
            )
            let run = try RecipeRun(
                loaded.graph,
                store: store,
                options: options,
                environment: Program.environment(numerics)
            )
            Terminal.output(try run.explain(name, cell: name == node ? nil : node))
            return .success
        }
    }
}
