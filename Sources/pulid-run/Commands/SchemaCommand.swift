import ArgumentParser
import NodeReference

struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of recipes, for editors."
    )

    func run() throws {
        try reportingFailures(format: .json) {
            Terminal.output(JSONSchema(Program.registry).text)
            return .success
        }
    }
}
