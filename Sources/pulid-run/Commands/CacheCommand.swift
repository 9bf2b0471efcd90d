import ArgumentParser
import Foundation
import Runner
import Store

struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Look after the cache.",
        subcommands: [Stats.self, List.self, Verify.self, GC.self, Clear.self],
        defaultSubcommand: Stats.self
    )

    struct Stats: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say how full the cache is.")
        @OptionGroup var cache: CacheOptions

        func run() throws {
            try cache.use { store in
                let statistics = store.statistics()
                Terminal.output("\(try cache.location().path): \(ByteCount(statistics.bytesOnDisk)) on disk\n")
                let saved = String(format: "%.1f", statistics.cost)
                Terminal.output("\(statistics.results) results, which took \(saved) s to compute\n")
                for kind in statistics.kinds {
                    Terminal.output("\(kind.values) of \(kind.name): \(ByteCount(kind.bytes))\n")
                }
                return .success
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the results, the newest first.")
        @OptionGroup var cache: CacheOptions

        func run() throws {
            try cache.use { store in
                let rows = store.entries().map { entry in
                    [
                        Date(timeIntervalSince1970: Double(entry.made)).formatted(.iso8601), entry.key.short,
                        entry.node,
                        entry.bytes.map { "\(ByteCount($0))" } ?? "evicted", String(format: "%.3f s", entry.cost),
                    ]
                }
                Terminal.output("\(TextColumns(rows, right: [3, 4]))")
                return .success
            }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read every value and check its digest; exit with 5 when something is damaged."
        )
        @OptionGroup var cache: CacheOptions
        @Flag(help: "Drop what is damaged, so that it is made again.") var repair = false

        func run() throws {
            try cache.use(repair ? .readWrite : .readOnly) { store in
                let found = store.verify(repair: repair)
                for damage in found.damage { Terminal.output("\(damage)\n") }
                let count = found.damage.count
                Terminal.output("\(found.valuesRead) values, \(ByteCount(found.bytesRead)) read, \(count) damaged\n")
                return found.damage.isEmpty ? .success : .cacheUnusable
            }
        }
    }

    struct GC: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gc",
            abstract: "Evict values, and then forget the oldest results, until the cache is small enough."
        )
        @OptionGroup var cache: CacheOptions
        @Option(help: ArgumentHelp("What the cache may take on disk, such as 500MB or 20GB.", valueName: "size"))
        var maxSize: ByteCount

        func run() throws {
            try cache.use { store in
                let done = try store.collectGarbage(limit: maxSize.bytes)
                let freed = ByteCount(done.bytesFreed)
                let left = ByteCount(done.bytesOnDisk)
                let forgotten = done.forgotten > 0 ? ", \(done.forgotten) results forgotten" : ""
                Terminal.output("\(done.evicted) values evicted\(forgotten), \(freed) freed, \(left) on disk\n")
                if done.bytesOnDisk > maxSize.bytes {
                    let runs = done.bytesOfRuns > 0 ? "; \(ByteCount(done.bytesOfRuns)) belong to unfinished runs" : ""
                    Terminal.error("warning: \(left) is more than \(maxSize): an empty cache takes some too\(runs)\n")
                }
                return .success
            }
        }
    }

    struct Clear: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forget everything.")
        @OptionGroup var cache: CacheOptions

        func run() throws {
            try cache.use { store in
                try store.clear()
                return .success
            }
        }
    }
}
