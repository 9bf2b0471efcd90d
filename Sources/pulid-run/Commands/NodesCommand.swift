import ArgumentParser
import Graph
import NodeReference
import Recipes
import Runner

struct NodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "List the nodes that recipes may use, or show one."
    )

    @Argument(help: "The node to show.", completion: .custom { _, _, _ in Program.registry.names }) var node: String?
    @Flag(help: "All of them, as docs/NODES.md.") var markdown = false

    func run() throws {
        try reportingFailures {
            let registry = Program.registry
            if markdown {
                Terminal.output(NodesMarkdown(registry).text)
            } else if let node {
                guard let schema = registry[node] else {
                    let advice =
                        registry.otherKinds.advice(for: node)
                        ?? nearMatch(to: node, among: registry.names).map { "did you mean `\($0)`?" }
                    Terminal.error("error: there is no node `\(node)`\(advice.map { "; \($0)" } ?? "")\n")
                    return .badFlags
                }
                Terminal.output(schema.manual)
            } else {
                Terminal.output("\(TextColumns(registry.all.map { [$0.name, $0.help] }))")
            }
            return .success
        }
    }
}
