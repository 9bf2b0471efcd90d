import Recipes

/// The names that a recipe on an unfinished command line offers, for shells that complete it.
struct RecipeNames {
    private let recipe: LoadedRecipe?

    /// - Parameter words: of the command line; the first that names a recipe is read.
    init(in words: [String]) {
        let file = words.first { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        recipe = file.flatMap { try? RecipeLoader(registry: Program.registry).load(file: $0, settings: []) }
    }

    var nodes: [String] { recipe.map { $0.outline.nodes.map(\.name).filter { !$0.contains(".") } } ?? [] }

    /// `style=`
    var settings: [String] {
        recipe.map { ($0.graph.parameters.keys.sorted() + $0.outline.axes.map(\.name)).map { "\($0)=" } } ?? []
    }
}
