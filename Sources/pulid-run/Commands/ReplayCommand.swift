import ArgumentParser
import Foundation
import Graph
import Recipes
import Runner

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Make a picture again from the recipe that it carries, and compare the two.",
        discussion: """
            A picture that this program has written names its recipe, the settings, the node and the cell, and carries the \
            recipe of itself alone, for the case that the file is lost. What is in the cache is not computed again, unless \
            the cache is another (--cache). Ends with status 1 if the pixels differ, and says what was another then.
            """
    )

    @Argument(help: "The picture.", completion: .file(extensions: ["png", "jpg", "jpeg", "webp"]))
    var picture: String
    @Option(
        help: "The recipe, if it is not where the picture says; - for the one that the picture carries.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var recipe: String?
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "The folder in which the recipe lay, for a picture that was moved: the photos and models that it names are looked for "
                + "from there.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var folder: String?
    @Option(help: ArgumentHelp("The folder for the new picture.", valueName: "dir"), completion: .directory)
    var out = "out/replay"
    @OptionGroup var options: ExecutionOptions

    func run() throws {
        try reportingFailures {
            let execution = try Execution(options, as: .replay)
            let before = try OriginalPicture(picture)
            let name = (picture as NSString).lastPathComponent
            let written = (out as NSString).appendingPathComponent(name)
            let (loaded, graph, file) = try found(before.origin, writing: name)
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
            Terminal.error(ReplayComparison(picture, before, after).text)
            return before.bitmap == after.bitmap ? .success : .expectationFailed
        }
    }

    /// The recipe's file, where there is one, else the recipe that the picture carries.
    private func found(
        _ origin: PictureOrigin,
        writing name: String
    ) throws -> (recipe: LoadedRecipe, graph: ExecutionGraph, file: String) {
        let lying = folder == nil ? origin.recipeFile(near: picture) : nil
        if recipe != "-", let file = recipe ?? lying {
            let loaded = try RecipeLoader(registry: Program.registry).load(file: file, settings: origin.settings)
            guard let graph = origin.graph(of: loaded.graph, writing: name) else {
                throw ReplayError.noSuchNode(title: origin.title, recipe: file)
            }
            return (loaded, graph, file)
        }
        return try origin.carried(by: picture, from: folder, writing: name)
    }

    private static func areSame(_ a: String, _ b: String) -> Bool {
        let paths = [a, b].map { URL(fileURLWithPath: $0).standardizedFileURL.resolvingSymlinksInPath().path }
        return paths[0] == paths[1]
    }
}
