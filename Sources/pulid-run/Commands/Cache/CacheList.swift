import ArgumentParser
import Foundation
import Recipes
import Runner

extension CacheCommand {
    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the results, the newest first.",
            discussion:
                "Of a recipe those of its last run, each with its node and cell; else all, each with its kind of node."
        )
        @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"])) var recipe: String?
        @OptionGroup var cache: CacheOptions

        func run() throws {
            try cache.look { store in
                let recipe = recipe.map(RememberedRecipe.init)
                if let recipe, try !recipe.isKnown(in: store) { Terminal.error("\(recipe.unknown)\n") }
                let titles = recipe.map { recipe in
                    let history = store.history(of: recipe.path)
                    // The same result may stand for several cells.
                    return Dictionary(grouping: history.keys.filter { !$0.isEmpty }) { history[$0] }
                }
                let rows = store.entries().compactMap { entry -> [String]? in
                    let owners = titles?[entry.key]?.sorted().map { TerminalText($0).escaped() }
                    guard titles == nil || owners != nil else { return nil }
                    return [
                        Date(timeIntervalSince1970: Double(entry.made)).formatted(.iso8601), entry.key.short,
                        owners?.joined(separator: ", ") ?? entry.node,
                        entry.bytes.map { "\(ByteCount($0))" } ?? "evicted", String(format: "%.3f s", entry.cost),
                    ]
                }
                Terminal.output("\(TextColumns(rows, right: [3, 4]))")
                return .success
            }
        }
    }
}
