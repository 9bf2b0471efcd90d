import ArgumentParser
import Foundation
import Recipes
import Store

extension CacheCommand {
    struct Import: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take up what `cache export` wrote, and say how much of it is new.",
            discussion: """
                Everything in the file is checked, but for this: that a key gave this value can only be believed. Import \
                from those whose pictures you would believe.
                """
        )
        @Argument(help: "The file.", completion: .file()) var file: String
        @OptionGroup var cache: CacheOptions
        @Option(
            help: ArgumentHelp("The recipe here, for plan and explain to compare with.", valueName: "recipe"),
            completion: .file(extensions: ["yaml", "yml"])
        )
        var recipe: String?

        func run() throws {
            try cache.use { store in
                let path = recipe.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
                let new = try store.take(file, for: path)
                Terminal.output(new == SharedCounts() ? "nothing new\n" : "\(new.text)\n")
                return .success
            }
        }
    }
}

extension SharedCounts {
    /// `12 results, 10 values, 3.4 MB`
    var text: String { "\(counted(results, "result")), \(counted(values, "value")), \(ByteCount(bytes))" }
}
