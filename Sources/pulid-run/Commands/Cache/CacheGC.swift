import ArgumentParser
import Foundation
import Recipes

extension CacheCommand {
    struct GC: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gc",
            abstract: "Evict values, and then forget the oldest results, until the cache is small enough."
        )
        @OptionGroup var cache: CacheOptions
        @Option(help: ArgumentHelp("What the cache may take on disk, such as 500MB or 20GB.", valueName: "size"))
        var maxSize: ByteCount
        @Option(
            help: ArgumentHelp("Spare what this recipe's last run rests on.", valueName: "recipe"),
            completion: .file(extensions: ["yaml", "yml"])
        )
        var keep: [String] = []

        func run() throws {
            let recipes = keep.map(RememberedRecipe.init)
            try cache.useExisting { store in
                // A name that is mistaken would spare nothing.
                for recipe in recipes where try !recipe.isKnown(in: store) {
                    Terminal.error("warning: \(recipe.unknown)\n")
                }
                let done = try store.collectGarbage(limit: maxSize.bytes, sparing: recipes.map(\.path))
                let freed = ByteCount(done.bytesFreed)
                let left = ByteCount(done.bytesOnDisk)
                let forgotten = done.forgotten > 0 ? ", \(counted(done.forgotten, "result")) forgotten" : ""
                Terminal.output(
                    "\(counted(done.evicted, "value")) evicted\(forgotten), \(freed) freed, \(left) on disk\n"
                )
                if done.bytesOnDisk > maxSize.bytes {
                    let runs = done.bytesOfRuns > 0 ? "; \(ByteCount(done.bytesOfRuns)) belong to unfinished runs" : ""
                    let kept = keep.isEmpty ? "" : ", and what is to be kept"
                    Terminal.error(
                        "warning: \(left) is more than \(maxSize): an empty cache takes some too\(kept)\(runs)\n"
                    )
                }
                return .success
            }
        }
    }
}
