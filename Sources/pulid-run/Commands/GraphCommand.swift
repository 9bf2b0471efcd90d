import ArgumentParser
import Runner

struct GraphCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph",
        abstract: "Draw a recipe's nodes, as Graphviz DOT or Mermaid."
    )

    @OptionGroup var recipe: RecipeOptions
    @Flag(help: "Mermaid instead of DOT.") var mermaid = false

    func run() throws {
        try reportingFailures {
            let loaded = try recipe.load()
            let drawing = GraphDrawing(loaded.outline, name: loaded.graph.name)
            Terminal.output(mermaid ? drawing.mermaid : drawing.dot)
            return .success
        }
    }
}
