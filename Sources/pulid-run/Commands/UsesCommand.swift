import ArgumentParser
import Foundation
import Graph
import Recipes
import Runner

struct UsesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uses",
        abstract: "List the cells of a recipe that a file reaches: a photo, or weights.",
        discussion: """
            A line each: the nodes that read the file, and all that rests on them. A file in a folder that a recipe names \
            reaches what the folder reaches.
            """
    )

    @Argument(help: "The file.", completion: .file()) var file: String
    @OptionGroup var recipe: RecipeOptions
    @Flag(help: "The files that are written, in place of the cells.") var outputs = false

    func run() throws {
        try reportingFailures {
            let graph = try recipe.load().graph
            let reach = FileReach(of: file, in: graph)
            for line in outputs ? reach.outputs : reach.titles { Terminal.output("\(line)\n") }
            Terminal.error(
                "\(file) reaches \(reach.titles.count) of \(counted(graph.instances.count, "cell")), "
                    + "\(reach.outputs.count) of \(counted(graph.outputs.count, "output"))\n"
            )
            return .success
        }
    }
}
