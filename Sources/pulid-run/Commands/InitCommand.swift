import ArgumentParser
import Foundation
import Nodes
import Runner

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make a complete set of small models with fresh weights, in the layouts of the real ones."
    )

    @Argument(help: "The folder to write them to.", completion: .directory)
    var folder: String
    @Option(help: "The same seed gives the same bytes.") var seed: UInt64 = 0
    @Flag(help: "Replace files of the same names in a folder that is not empty.") var force = false

    func validate() throws {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard force || present.isEmpty else {
            throw ValidationError("\(folder) is not empty; --force replaces the files of the same names")
        }
    }

    func run() throws {
        try reportingFailures {
            let output = OutputFolder(path: folder)
            try TinyModels.make(seed: seed) { path, bytes in
                do throws(OutputFolder.Failure) {
                    _ = try output.write(bytes, to: path)
                } catch {
                    throw Unwritable(path: "\(folder)/\(path)", reason: error)
                }
            }
            return .success
        }
    }
}

private struct Unwritable: Error, CustomStringConvertible {
    let path: String
    let reason: OutputFolder.Failure

    var description: String { "\(path) cannot be written: \(reason)" }
}
