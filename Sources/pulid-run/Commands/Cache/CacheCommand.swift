import ArgumentParser

struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache",
        abstract: "Look after the cache.",
        subcommands: [
            Stats.self, List.self, Verify.self, GC.self, Clear.self, Export.self, Import.self, Push.self,
        ],
        defaultSubcommand: Stats.self
    )
}
