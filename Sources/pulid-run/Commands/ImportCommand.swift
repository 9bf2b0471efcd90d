import ArgumentParser
import Foundation
import Graph
import Imaging
import Recipes
import Runner
import Workflows

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a recipe of a workflow of ComfyUI, or of a picture of ComfyUI's or A1111's.",
        discussion: """
            Takes a workflow as ComfyUI's interface saves it or as its API takes it, with SDXL, LoRAs, samplers and the nodes \
            of PuLID_ComfyUI; a picture that carries one; or a picture, or a text, with the parameters of A1111's web UI. The \
            recipe goes to the standard output, what cannot be carried over to the standard error.
            """
    )

    @Argument(
        help: "The workflow, JSON, or a picture.",
        completion: .file(extensions: ["json", "png", "jpg", "jpeg", "webp", "txt"])
    )
    var file: String
    @Option(
        name: .customLong("from"),
        help: ArgumentHelp(
            "The folder of ComfyUI or the web UI, in which models lies, as seen from the recipe.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var folder = "."
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the recipe to this file.", valueName: "recipe.yaml"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var output: String?

    func run() throws {
        try reportingFailures {
            let found = try ForeignRecipe(file, folder: folder)
            for remark in found.draft.remarks { Terminal.error("warning: \(TerminalText(remark).escaped())\n") }
            if let output {
                guard !FileManager.default.fileExists(atPath: output) else { throw ForeignRecipeError.exists(output) }
                try found.text.write(toFile: output, atomically: true, encoding: .utf8)
                Terminal.output("\(output)\n")
            } else {
                Terminal.output(found.text)
            }
            return .success
        }
    }
}
