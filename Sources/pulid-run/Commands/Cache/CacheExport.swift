import ArgumentParser
import Foundation

extension CacheCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all that the cache has of a recipe's last run into one file, to take elsewhere."
        )
        @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"])) var recipe: String
        @Argument(help: "The file to write; or say it with -o.", completion: .file()) var file: String?
        @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
        var output: String?
        @OptionGroup var cache: CacheOptions

        func validate() throws {
            guard (file == nil) != (output == nil) else {
                throw ValidationError("name one file to write, as in `cache export \(recipe) results.cache`")
            }
        }

        func run() throws {
            try cache.look { store in
                let recipe = RememberedRecipe(recipe)
                _ = try recipe.isKnown(in: store)
                Terminal.output("\(try store.export(recipe.path, to: file ?? output ?? "").text)\n")
                return .success
            }
        }
    }
}
