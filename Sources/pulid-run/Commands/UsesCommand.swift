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
            reaches what the folder reaches; a text or table that lists the values of an axis, all that has that axis; a \
            recipe that is included, everything.
            """
    )

    @Argument(help: "The file.", completion: .file()) var file: String
    @OptionGroup var recipe: RecipeOptions
    @Flag(help: "The files that are written, in place of the cells.") var outputs = false

    func run() throws {
        try reportingFailures {
            let loaded = try recipe.load()
            let graph = loaded.graph
            let reach = FileReach(of: file, in: loaded)
            guard !reach.titles.isEmpty || access(file, F_OK) == 0 || errno == ENOENT else {
                Terminal.error("error: \(TerminalText("\(file): \(String(cString: strerror(errno)))").escaped())\n")
                return .recipeInvalid
            }
            guard !reach.titles.isEmpty || FileManager.default.fileExists(atPath: file) else {
                let folder = (file as NSString).deletingLastPathComponent
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
                let match = nearMatch(to: (file as NSString).lastPathComponent, among: names)
                    .map { "; did you mean \((folder as NSString).appendingPathComponent($0))?" }
                Terminal.error("error: \(TerminalText("\(file): no such file\(match ?? "")").escaped())\n")
                return .recipeInvalid
            }
            for line in outputs ? reach.outputs : reach.titles { Terminal.output("\(line)\n") }
            Terminal.error(
                "\(file) reaches \(reach.titles.count) of \(counted(graph.instances.count, "cell")), "
                    + "\(reach.outputs.count) of \(counted(graph.outputs.count, "output"))\(Self.text(reach.reading))\n"
            )
            return .success
        }
    }

    private static func text(_ reading: FileReach.Reading?) -> String {
        switch reading {
        case .lists(let axes) where axes.isEmpty: ": the recipe reads it, and --set gives other values"
        case .lists(let axes):
            ": it lists the values of the \(axes.count == 1 ? "axis" : "axes") \(enumeration(axes.map { "`\($0)`" }))"
        case .recipe: ": the recipe is written in it"
        case nil: ""
        }
    }
}
