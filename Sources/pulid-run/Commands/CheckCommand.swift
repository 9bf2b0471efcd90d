import ArgumentParser
import Recipes
import Runner

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read and check a recipe and the headers of its models, and run nothing."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var format: FormatOptions

    func validate() throws { try format.requireThatOfALook("check") }

    func run() throws {
        try reportingFailures(format: format.format) {
            let loaded = try recipe.load()
            loaded.show(format.format)
            let graph = loaded.graph
            let counts = [
                (Set(graph.instances.map(\.node)).count, "node"), (graph.instances.count, "cell"),
                (graph.outputs.count, "output"), (graph.expectations.count, "expectation"),
            ]
            let text = counts.map { counted($0, $1) }.joined(separator: ", ")
            Terminal.error("\(recipe.recipe): \(text)\n")
            let models = ReferenceCheck(graph)
            for warning in models.warnings { Terminal.error("warning: \(warning)\n") }
            loaded.renderer.show(models.failures.map(\.diagnostic), format: format.format)
            return models.failures.isEmpty ? .success : .nodeFailed
        }
    }
}
