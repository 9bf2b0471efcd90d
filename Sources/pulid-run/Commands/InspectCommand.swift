import ArgumentParser
import Graph
import ModelFiles
import Nodes
import Runner

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what files of models are, and which node takes them.",
        discussion: "Headers alone are read, so large files take no longer than small ones."
    )

    @Argument(help: "Files, or folders of models.") var files: [String]
    @Flag(help: "Each tensor with its type and shape.") var tensors = false
    @Flag(help: "A JSON object on a line for each file.") var json = false

    func run() throws {
        try reportingFailures {
            var hasProblem = false
            for path in files {
                let inspection = FileInspection(path: path)
                hasProblem = hasProblem || inspection.problem != nil
                if json {
                    Terminal.output(inspection.value(withTensors: tensors).json + "\n")
                } else {
                    Terminal.output(InspectionText(inspection, withTensors: tensors).text)
                }
            }
            return hasProblem ? .nodeFailed : .success
        }
    }
}
