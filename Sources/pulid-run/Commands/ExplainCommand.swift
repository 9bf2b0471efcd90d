import ArgumentParser
import Foundation
import Graph
import Runner

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what changed since the last run, or what the last run found changed: a setting, a file, a node.",
        discussion:
            "Of one node it says all the way back to the cause; without one, it goes through all that have changed."
    )

    @OptionGroup var recipe: RecipeOptions
    @Argument(
        help: "The node's name, or one of its cells, 'latent[style=neon seed=1]', or a file among the outputs.",
        completion: .custom { words, _, _ in RecipeNames(in: words).nodes }
    )
    var node: String?
    @OptionGroup var cache: CacheOptions
    @OptionGroup var numerics: NumericsOptions
    @Option(help: ArgumentHelp("The folder for outputs.", valueName: "dir")) var out: String?

    func run() throws {
        try reportingFailures {
            let loaded = try recipe.load()
            let folder = out ?? "out/\(loaded.graph.name)"
            let wanted = node.map { loaded.graph.title(ofOutput: $0, in: folder) ?? $0 }
            let name = wanted.map { String($0.prefix { $0 != "[" }) }
            if let name { try loaded.checkNeeded([name]) }
            let store = try cache.openToLook { Terminal.error("warning: \($0)\n") }
            defer { store.close() }
            let options = RunOptions(
                out: folder,
                recipe: recipe.absolutePath,
                settings: loaded.settings,
                only: name.map { [$0] } ?? []
            )
            let run = try RecipeRun(
                loaded.graph,
                store: store,
                options: options,
                environment: Program.environment(numerics)
            )
            if let name {
                Terminal.output(try run.explain(name, cell: name == wanted ? nil : wanted))
            } else {
                Terminal.output(run.explainAll())
            }
            return .success
        }
    }
}

extension ExecutionGraph {
    /// The node and cell whose result a file in the output folder holds.
    fileprivate func title(ofOutput file: String, in folder: String) -> String? {
        func standard(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
        let wanted = standard(file)
        for output in outputs where standard("\(folder)/\(output.path)") == wanted {
            if case .artifact(let index) = output.source { return instances[index].title }
        }
        return nil
    }
}
