import ArgumentParser
import Runner

/// Which part of the work.
struct ShardOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Compute and keep one of n parts of the work, and write nothing.",
            discussion:
                "Parts are numbered from 1; 0/n is what several of them rest on. Each may be run anywhere, at any time and "
                + "again, with a cache that they share. Then the recipe is run without --shard: it finds all and writes.",
            valueName: "i/n"
        ),
        transform: shardFromText
    )
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "With --shard: how the work is divided, as plan --write-division wrote it.",
            discussion: "Else all of it is divided, whether it is done or not, by what is usual.",
            valueName: "file"
        ),
        completion: .file()
    )
    var division: String?

    func validate() throws {
        if division != nil, shard == nil { throw ValidationError("--division goes with --shard") }
    }

    /// - Throws: `DivisionError`.
    func shardOfRun() throws -> ShardOfRun? {
        guard let shard else { return nil }
        return ShardOfRun(shard, of: try division.map { try DivisionFile(path: $0) })
    }
}

private func shardFromText(_ text: String) throws -> Shard {
    guard let shard = Shard(text) else {
        throw ValidationError("a shard is i/n with i from 0 to n and n up to \(Shard.mostShards), such as 3/16")
    }
    return shard
}
