import ArgumentParser
import Foundation
import Recipes

/// Which recipe, with which settings.
struct RecipeOptions: ParsableArguments {
    @Argument(
        help: "The recipe, a YAML file; - for the standard input.",
        completion: .file(extensions: ["yaml", "yml"])
    )
    var recipe: String

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Gives a param or an axis another value.",
            discussion:
                "An axis also takes several, '[a, b]', and what recipes take: '{from: 1, to: 3}', "
                + "'{files: \"photos/*.jpg\"}', '{lines: FILE}', '{csv: FILE}'.",
            valueName: "name=value"
        ),
        completion: .custom { words, _, typed in RecipeNames(in: words).settings(typed) }
    )
    var settings: [String] = []

    func validate() throws {
        guard !recipe.isEmpty else { throw ValidationError("the recipe's name is empty") }
    }

    /// - Throws: `RecipeError` with everything that is wrong.
    func load() throws -> LoadedRecipe { try load(settings: settings) }

    /// The same with other settings.
    ///
    /// - Throws: as `load`.
    func load(settings: [String]) throws -> LoadedRecipe { try source().load(settings: settings) }

    /// The recipe's text, to be loaded with several settings: a pipe is read once.
    ///
    /// - Throws: `FileReadingError` for a pipe that cannot be read.
    func source() throws -> RecipeSource {
        guard isPiped else { return RecipeSource(file: recipe, files: LocalFiles()) }
        let text = try RecipeText.piped(from: recipe == "-" ? "/dev/stdin" : recipe)
        return RecipeSource(file: text.path, files: text)
    }

    var absolutePath: String {
        URL(fileURLWithPath: isPiped ? RecipeText.standardInput : recipe).standardizedFileURL.path
    }

    /// From the standard input, or from a pipe of a shell, `<(...)`.
    private var isPiped: Bool { recipe == "-" || LocalFiles().kind(of: recipe) == .other }
}

/// Where a recipe is read from.
struct RecipeSource {
    let file: String
    let files: any RecipeFiles

    /// - Throws: `RecipeError` with everything that is wrong.
    func load(settings: [String], varied: [VariedParameter] = []) throws -> LoadedRecipe {
        try RecipeLoader(registry: Program.registry, files: files).load(file: file, settings: settings, varied: varied)
    }
}
