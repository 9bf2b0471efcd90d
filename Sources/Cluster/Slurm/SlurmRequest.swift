/// What a task asks of Slurm.
public struct SlurmRequest: Sendable {
    /// How many tasks may run at the same time; nil for as many as Slurm lets.
    public var atOnce: Int?
    /// In MB, of 1024 x 1024 bytes.
    public var memory: Int
    /// In minutes: of a shard, and of the last run.
    public var minutes: Int
    public var lastMinutes: Int
    public var processors: Int?
    /// Nodes that failed the last time.
    public var excluded: [String]
    /// Other options of sbatch, such as `--partition=gpu`.
    public var options: [String]

    public init(
        atOnce: Int? = nil,
        memory: Int,
        minutes: Int,
        lastMinutes: Int,
        processors: Int? = nil,
        excluded: [String] = [],
        options: [String] = []
    ) {
        self.atOnce = atOnce
        self.memory = memory
        self.minutes = minutes
        self.lastMinutes = lastMinutes
        self.processors = processors
        self.excluded = excluded
        self.options = options
    }
}
