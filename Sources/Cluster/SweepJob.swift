import Graph

/// A recipe whose work is divided into shards, as a scheduler is told of it.
public struct SweepJob: Sendable {
    /// The recipe's own name.
    public let name: String
    /// The program, as nodes find it.
    public let program: String
    /// The recipe's file, as nodes find it, and what else all runs are told, such as `--set` and `--remote`.
    public let recipe: String
    public let arguments: [String]
    /// The cache's folder, in which a node's shell replaces `$NAMES`; nil for the one that is taken unless one is named.
    public let cache: String?
    /// The file that divides the work; nil where all of it is divided by what is usual.
    public let division: String?
    /// What the run of the whole recipe is told besides, such as `--out`.
    public let lastArguments: [String]
    public let shards: Int
    /// Whether there is something that is to be computed before the shards.
    public let hasShared: Bool

    public init(
        name: String,
        program: String,
        recipe: String,
        arguments: [String],
        cache: String?,
        division: String?,
        lastArguments: [String],
        shards: Int,
        hasShared: Bool
    ) {
        self.name = name
        self.program = program
        self.recipe = recipe
        self.arguments = arguments
        self.cache = cache
        self.division = division
        self.lastArguments = lastArguments
        self.shards = shards
        self.hasShared = hasShared
    }

    /// - Parameter shard: `3/16`, or what a shell makes it of; quoted already.
    func shardCommand(_ shard: String) -> String {
        let file = division.map { " --division \(ShellWord($0))" } ?? ""
        return "\(ShellWord(program)) run \(ShellWord(recipe)) --shard \(shard)\(file)\(rest(arguments))"
    }

    /// Finds what the shards did, computes what is left, and writes.
    var lastCommand: String { "\(ShellWord(program)) run \(ShellWord(recipe))\(rest(arguments + lastArguments))" }

    private func rest(_ words: [String]) -> String {
        (words.isEmpty ? "" : " " + ShellWord.line(words))
            + (cache.map { " --cache \(ShellWord(expanding: $0))" } ?? "")
    }
}
