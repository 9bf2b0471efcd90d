/// A run of the past, as `pulid-run history` shows it.
public struct RunRecord: Hashable, Sendable {
    /// The command that ran the recipe.
    public enum Command: String, Sendable, Codable {
        case run, approve, replay, calibrate, bisect

        /// Whether it is a run of the recipe, with which the next one is compared; the others make something of it beside that:
        /// a picture again, or the recipe with other settings.
        public var isOfRecipe: Bool {
            switch self {
            case .run, .approve: true
            case .replay, .calibrate, .bisect: false
            }
        }
    }

    public let command: Command
    /// The absolute path of the recipe's file.
    public let recipe: String
    /// What `--set` gave.
    public let settings: [String]
    /// Seconds since 1970.
    public let started: Int
    public let seconds: Double
    public let ran: Int
    public let cached: Int
    public let failed: Int
    /// What the process told its caller.
    public let status: Int
    /// Paths of the files that it wrote, those that were in place already left out.
    public let written: [String]

    public init(
        command: Command = .run,
        recipe: String,
        settings: [String],
        started: Int,
        seconds: Double,
        ran: Int,
        cached: Int,
        failed: Int,
        status: Int,
        written: [String]
    ) {
        self.command = command
        self.recipe = recipe
        self.settings = settings
        self.started = started
        self.seconds = seconds
        self.ran = ran
        self.cached = cached
        self.failed = failed
        self.status = status
        self.written = written
    }
}
