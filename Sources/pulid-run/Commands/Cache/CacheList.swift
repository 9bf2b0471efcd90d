import ArgumentParser
import Foundation
import Runner

extension CacheCommand {
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
}
