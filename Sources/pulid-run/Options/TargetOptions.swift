import ArgumentParser
import Recipes
import Runner

/// What `run` and `plan` have in common: which part of a recipe, and where its outputs are.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder for outputs.", discussion: "Else out/<recipe>.", valueName: "dir"),
        completion: .directory
    )
    var out: String?

    @Option(
        help: ArgumentHelp("Run this node and what it needs, and no more.", valueName: "node"),
        completion: .custom { words, _, _ in RecipeNames(in: words).nodes }
    )
    var only: [String] = []

    @Option(
        help: ArgumentHelp("Run this node though its result is known.", valueName: "node"),
        completion: .custom { words, _, _ in RecipeNames(in: words).nodes }
    )
    var force: [String] = []

    /// Loads the recipe.
    ///
    /// - Throws: `RecipeError` with everything that is wrong, and with what is wrong with the output folder.
    func load(_ recipe: RecipeOptions) throws -> LoadedRecipe {
        do {
            return try recipe.load()
        } catch let error as RecipeError {
            let obstacle = out.flatMap(OutputReport.obstacle)?.failure
            throw RecipeError(diagnostics: error.diagnostics + (obstacle.map { [$0] } ?? []), sources: error.sources)
        }
    }

    func runOptions(_ recipe: RecipeOptions, _ loaded: LoadedRecipe) -> RunOptions {
        RunOptions(
            out: out ?? "out/\(loaded.graph.name)",
            recipe: recipe.absolutePath,
            settings: loaded.settings,
            only: only,
            force: force
        )
    }
}
