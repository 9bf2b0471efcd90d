import ArgumentParser
import Nodes
import Runner

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a complete set of small models with fresh weights, in the layouts of the real ones."
    )

    @Argument(help: "The folder to write them to; files of the same name are replaced.", completion: .directory)
    var folder: String
    @Option(help: "The same seed gives the same bytes.") var seed: UInt64 = 0

    func run() throws {
        try reportingFailures {
            try TinyModels(folder: folder, seed: seed).write()
            return .success
        }
    }
}
