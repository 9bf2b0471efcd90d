import ArgumentParser
import Foundation
import Recipes
import Runner

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make a picture again from what it says of its own making, and compare the two.",
        discussion: """
            A PNG that this program has written names its recipe, the settings, the node and the cell. What is in the \
            cache is not computed again, unless the cache is another (--cache). Ends with status 1 if the pixels differ.
            """
    )

    @Argument(help: "The picture, a PNG.", completion: .file(extensions: ["png"]))
    var picture: String
    @Option(help: "The recipe, if it is not where the picture says.", completion: .file(extensions: ["yaml", "yml"]))
    var recipe: String?
    @Option(help: ArgumentHelp("The folder for the new picture.", valueName: "dir"), completion: .directory)
    var out = "out/replay"
    @OptionGroup var options: ExecutionOptions

    func run() throws {
        try reportingFailures {
            let execution = try Execution(options)
            let before = try OriginalPicture(picture)
            guard let file = recipe ?? before.origin.recipeFile(near: picture) else {
                throw ReplayError.noRecipe(picture: picture, recipe: before.origin.recipe)
            }
            let loaded = try RecipeLoader(registry: Program.registry).load(file: file, settings: before.origin.settings)
            let name = (picture as NSString).lastPathComponent
            guard let graph = before.origin.graph(of: loaded.graph, writing: name) else {
                throw ReplayError.noSuchNode(title: before.origin.title, recipe: file)
            }
            let written = (out as NSString).appendingPathComponent(name)
            guard !Self.areSame(written, picture) else { throw ReplayError.wouldReplace(picture) }
            let runOptions = RunOptions(
                out: out,
                recipe: URL(fileURLWithPath: file).standardizedFileURL.path,
                settings: loaded.settings
            )
            let reporter = ReportFormat.text.reporter(for: loaded, options.verbosity)
            let status = try execution(graph, runOptions, reporter: reporter)
            guard status == .success else { return status }
            let after = try OriginalPicture(written)
            Terminal.error(ReplayReport(of: picture, before, after).text)
            return before.bitmap == after.bitmap ? .success : .expectationFailed
        }
    }

    private static func areSame(_ a: String, _ b: String) -> Bool {
        let paths = [a, b].map { URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path }
        return paths[0] == paths[1]
    }
}
