import ArgumentParser
import Graph
import Recipes
import Runner

struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Accept the current pictures of a recipe as its baselines.",
        discussion: """
            What is in the cache is not computed again, so after a run that failed for a changed picture this writes the \
            very picture that was seen. A baseline holds its pixels and nothing else, so those that have not changed are \
            left alone.
            """
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var options: ExecutionOptions
    @OptionGroup var format: FormatOptions

    @Option(help: ArgumentHelp("Only the pictures of this node.", valueName: "node"))
    var only: [String] = []

    func run() throws {
        try reportingFailures(format) {
            let execution = try Execution(options)
            let loaded = try recipe.load()
            loaded.show(format.format)
            try loaded.checkNeeded(only)
            let approval = try Approval(of: loaded.graph)
            let runOptions = RunOptions(
                out: approval.folder,
                recipe: recipe.absolutePath,
                settings: loaded.settings,
                only: only,
                describesPictures: false
            )
            let reports = try Reports(format, for: loaded, options.verbosity)
            return reports.status(after: try execution(approval.graph, runOptions, reporter: reports.reporter))
        }
    }
}
