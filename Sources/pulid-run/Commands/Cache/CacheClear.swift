import ArgumentParser

extension CacheCommand {
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
