import ArgumentParser
import Foundation

extension CacheCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write all that the cache has of a recipe's last run into one file, to take elsewhere."
        )
        @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"])) var recipe: String
        @Argument(help: "The file to write.", completion: .file()) var file: String
        @OptionGroup var cache: CacheOptions

        func run() throws {
            try cache.use { store in
                let path = URL(fileURLWithPath: recipe).standardizedFileURL.path
                Terminal.output("\(try store.export(path, to: file).text)\n")
                return .success
            }
        }
    }
}
