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

    @Flag(help: "Tell a missing baseline (exit status 4) from one that is no longer met (1).")
    var ci = false

    @Option(
        help: ArgumentHelp("Write a page about the run, with its pictures, for a browser.", valueName: "file.html"),
        completion: .file(extensions: ["html"])
    )
    var report: String?

    func run() throws {
        try reportingFailures(format: format.format) {
            let execution = Execution(cache, numerics, resources)
            let loaded = try recipe.load()
            loaded.show(format.format)
            try loaded.checkNeeded(targets.only + targets.force)
            var options = targets.runOptions(recipe, loaded)
            options.keepGoing = keepGoing
            let page = report.map {
                HTMLReporter(loaded.graph, out: options.out, file: $0, console: format.format.consoleBeside)
            }
            let reporters = Reporters([format.format.reporter(for: loaded)] + [page].compactMap(\.self))
            let status = try execution(loaded.graph, options, reporter: reporters)
            return status == .baselineMissing && !ci ? .expectationFailed : status
        }
    }
}
