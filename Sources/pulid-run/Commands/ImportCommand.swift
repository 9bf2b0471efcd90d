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
        abstract: "Make a recipe of a picture of ours, of ComfyUI's or A1111's, or of a workflow of ComfyUI.",
        discussion: """
            Takes a workflow as ComfyUI's interface saves it or as its API takes it, with SDXL, LoRAs, samplers and the nodes \
            of PuLID_ComfyUI; a picture that carries one; or a picture, or a text, with the parameters of A1111's web UI. A \
            picture of this program carries its recipe, which is written as it was. The recipe goes to the standard output, \
            what cannot be carried over to the standard error, and which of its files are not there. Files, prompts and seeds \
            become params, so that --set gives others.
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
            discussion: "Of a picture of this program: the folder in which its recipe lay, if the picture was moved.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var folder: String?
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write the recipe to this file.", valueName: "recipe.yaml"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var output: String?
    @Flag(help: "Replace the file that --output names, if it is there.") var force = false

    func run() throws {
        try reportingFailures {
            let text = try text
            if let output {
                guard force || !FileManager.default.fileExists(atPath: output) else {
                    throw ForeignRecipeError.exists(output)
                }
                try text.write(toFile: output, atomically: true, encoding: .utf8)
                Terminal.output("\(output)\n")
            } else {
                Terminal.output(text)
            }
            return .success
        }
    }

    /// Tells of what is left out.
    private var text: String {
        get throws {
            let destination = output.map { ($0 as NSString).deletingLastPathComponent } ?? ""
            if let ours = try CarriedRecipe(file, from: folder, destination: destination.isEmpty ? "." : destination) {
                return ours.text
            }
            let found = try ForeignRecipe(file, folder: folder ?? ".")
            for remark in found.draft.remarks { Terminal.error("warning: \(TerminalText(remark).escaped())\n") }
            if let missing = found.missingFiles(seenFrom: destination.isEmpty ? "." : destination) {
                Terminal.error("warning: \(TerminalText(missing).escaped())\n")
            }
            return found.text
        }
    }
}
