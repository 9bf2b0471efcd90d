import ArgumentParser
import Foundation
import Recipes
import Store

extension CacheCommand {
    struct Push: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send to the remote cache what the cache has of a recipe's last run and the remote cache has not."
        )
        @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"])) var recipe: String
        @OptionGroup var cache: CacheOptions
        @OptionGroup var remote: RemoteOptions

        func run() throws {
            try reportingFailures {
                let warn: @Sendable (String) -> Void = { Terminal.error("warning: \($0)\n") }
                // Whoever asks for this wants to wait for it.
                guard let remote = try remote.cache(patience: 86400, warn: warn) else {
                    throw ValidationError("there is no remote cache: name one with --remote or PULID_REMOTE")
                }
                let store = try cache.open(remote: remote, warn: warn)
                defer { store.close() }
                let recipe = RememberedRecipe(recipe)
                _ = try recipe.isKnown(in: store)
                let known = try store.push(recipe.path)
                let sent = remote.statistics
                Terminal.output(
                    "\(counted(sent.written, "result")) sent with \(ByteCount(sent.bytesWritten)) of values, \(known) were there\n"
                )
                return sent.notWritten == 0 && sent.failures == 0 ? .success : .cacheUnusable
            }
        }
    }
}
