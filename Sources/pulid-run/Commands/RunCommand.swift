import ArgumentParser
import Report
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
        try reportingFailures(format: format.format) {
            let execution = try Execution(options)
            let loaded = try recipe.load()
            loaded.show(format.format)
            try loaded.checkNeeded(targets.only + targets.force)
            var runOptions = targets.runOptions(recipe, loaded)
            runOptions.keepGoing = keepGoing
            let subject = ReportSubject(loaded, options: runOptions, program: Program.description(options.numerics))
            return try execution(
                loaded.graph,
                runOptions,
                reporter: format.format.reporter(for: loaded, options.verbosity),
                report: report.map { RunReport(subject, graph: loaded.graph, path: $0) },
                missingBaseline: ci ? .baselineMissing : .expectationFailed
            )
        }
    }
}
