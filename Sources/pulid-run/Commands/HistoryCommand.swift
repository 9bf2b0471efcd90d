import ArgumentParser
import Foundation
import Recipes
import Runner
import Store

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the last runs, the newest first, or say what one of them wrote."
    )

    @Argument(help: "Only runs of this recipe.", completion: .file(extensions: ["yaml", "yml"])) var recipe: String?
    @OptionGroup var cache: CacheOptions
    @Option(help: "How many runs.") var limit = 20
    @Option(name: .customLong("run"), help: ArgumentHelp("What the run of this number wrote.", valueName: "number"))
    var number: Int?

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        try cache.look { store in
            guard let number else {
                let recipe = recipe.map(RememberedRecipe.init)
                if let recipe, try !recipe.isKnown(in: store) { Terminal.error("\(recipe.unknown)\n") }
                list(store, of: recipe?.path)
                return .success
            }
            guard let run = store.run(number) else {
                Terminal.error("error: the cache remembers no run \(number)\n")
                return .badFlags
            }
            for path in run.written { Terminal.output("\(Self.shown(pathFromHere(path)))\n") }
            return .success
        }
    }

    private func list(_ store: ResultStore, of path: String?) {
        let rows = store.runs(of: path, limit: limit).map { number, run in
            [
                "\(number)", run.when,
                TextReporter.time(run.seconds), "\(run.ran)", "\(run.cached)", "\(run.failed)", "\(run.written.count)",
                "\(run.status)", run.command.rawValue,
                ([Self.shown(pathFromHere(run.recipe))] + run.settings.map { TerminalText($0).shortened(to: 60) })
                    .joined(separator: " "),
            ]
        }
        guard !rows.isEmpty else { return }
        let head = ["run", "when", "took", "ran", "cached", "failed", "written", "exit", "command", "recipe"]
        Terminal.output("\(TextColumns([head] + rows, right: [0, 2, 3, 4, 5, 6, 7]))")
    }

    private static func shown(_ text: String) -> String { TerminalText(text).escaped() }
}
