import ArgumentParser
import Recipes

extension CacheCommand {
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read every value and check its digest; exit with 5 when something is damaged."
        )
        @OptionGroup var cache: CacheOptions
        @Flag(help: "Drop what is damaged, so that it is made again.") var repair = false

        func run() throws {
            try cache.useExisting(repair ? .readWrite : .readOnly) { store in
                let found = store.verify(repair: repair)
                for damage in found.damage { Terminal.output("\(damage)\n") }
                let count = found.damage.count
                Terminal.output(
                    "\(counted(found.valuesRead, "value")), \(ByteCount(found.bytesRead)) read, \(count) damaged\n"
                )
                return found.damage.isEmpty ? .success : .cacheUnusable
            }
        }
    }
}
