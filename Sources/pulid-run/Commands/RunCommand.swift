import ArgumentParser
import Runner

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a recipe: what is not in the cache, and no more."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var targets: TargetOptions
    @OptionGroup var options: ExecutionOptions
    @OptionGroup var format: FormatOptions

    @Flag(help: "After a failure, run what does not depend on it.")
    var keepGoing = false

    @Flag(help: "Tell a missing baseline (exit status 4) from one that is no longer met (1).")
    var ci = false

    @Option(
        help: ArgumentHelp("Write a page about the run, with its pictures, for a browser.", valueName: "file.html"),
        completion: .file(extensions: ["html"])
    )
    var report: String?

    func run() throws {
        try reportingFailures(format) {
            let execution = try Execution(options)
            let loaded = try recipe.load()
            loaded.show(format.format)
            try loaded.checkNeeded(targets.only + targets.force)
            var runOptions = targets.runOptions(recipe, loaded)
            runOptions.keepGoing = keepGoing
            let reports = try Reports(format, for: loaded, options.verbosity)
            let status = try execution(
                loaded.graph,
                runOptions,
                reporter: reports.reporter,
                page: report.map { RunPageFile(loaded.graph, out: runOptions.out, file: $0) },
                missingBaseline: ci ? .baselineMissing : .expectationFailed
            )
            return reports.status(after: status)
        }
    }
}
