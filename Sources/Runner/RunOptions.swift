import Store

/// How a recipe is run.
public struct RunOptions: Sendable {
    /// The folder that outputs are written under, as the user named it.
    public var out: String
    /// The recipe's file by its absolute path: what the cache remembers its history by.
    public var recipe: String
    /// What is being done with the recipe.
    public var command: RunRecord.Command
    /// What `--set` gave, in one spelling (`LoadedRecipe.settings`), for the metadata of pictures.
    public var settings: [String]
    /// Run what these nodes need and no more; empty for everything.
    public var only: [String]
    /// Run these nodes though their results are known.
    public var force: [String]
    /// How many nodes may run at the same time.
    public var jobs: Int
    /// After a failure, run what does not depend on it.
    public var keepGoing: Bool
    /// What the baselines were made of when they were accepted, to say what has changed since.
    public var lock: BaselineLock?
    /// Pictures say what made them; else equal pictures are equal files.
    public var describesPictures: Bool
    /// Events say why nodes run.
    public var givesReasons: Bool
    /// Compute and keep one of several parts, and write nothing.
    public var shard: ShardOfRun?
    /// Events tell the fields of every result that has some, not of those alone that tables and expectations read.
    public var tellsMeasurements: Bool

    public init(
        out: String,
        recipe: String,
        command: RunRecord.Command = .run,
        settings: [String] = [],
        only: [String] = [],
        force: [String] = [],
        jobs: Int = 1,
        keepGoing: Bool = false,
        describesPictures: Bool = true,
        givesReasons: Bool = false,
        shard: ShardOfRun? = nil,
        tellsMeasurements: Bool = false
    ) {
        self.out = out
        self.recipe = recipe
        self.command = command
        self.settings = settings
        self.only = only
        self.force = force
        self.jobs = jobs
        self.keepGoing = keepGoing
        self.describesPictures = describesPictures
        self.givesReasons = givesReasons
        self.shard = shard
        self.tellsMeasurements = tellsMeasurements
    }
}
