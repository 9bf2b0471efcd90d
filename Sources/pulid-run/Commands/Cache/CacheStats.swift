import ArgumentParser
import Foundation
import Recipes

extension CacheCommand {
    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say how full the cache is.")
        @OptionGroup var cache: CacheOptions

        func run() throws {
            try cache.look { store in
                let statistics = store.statistics()
                Terminal.output("\(try cache.location().path): \(ByteCount(statistics.bytesOnDisk)) on disk\n")
                let saved = String(format: "%.1f", statistics.cost)
                Terminal.output("\(counted(statistics.results, "result")), which took \(saved) s to compute\n")
                for kind in statistics.kinds {
                    Terminal.output("\(kind.values) of \(kind.name): \(ByteCount(kind.bytes))\n")
                }
                return .success
            }
        }
    }
}
