import ArgumentParser
import Recipes

extension CacheCommand {
    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forget everything.",
            discussion: "On a terminal it asks first."
        )
        @OptionGroup var cache: CacheOptions
        @Flag(name: .shortAndLong, help: "Does not ask.") var yes = false

        func run() throws {
            try cache.useExisting { store in
                let held = store.statistics()
                let results = counted(held.results, "result")
                let what = "\(results), \(ByteCount(held.bytesOnDisk)) in \(try cache.location().path)"
                guard yes || Terminal.agrees(to: "forget \(what)?") else { return .success }
                try store.clear()
                Terminal.error("forgot \(what)\n")
                return .success
            }
        }
    }
}
