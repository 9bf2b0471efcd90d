import Graph

/// What a run would do, node by node, and why.
public struct Plan: Sendable {
    public enum Status: Sendable {
        /// Names files; evaluated by planning itself.
        case reference
        case cached
        /// Runs; with readers of small files, planning has run it to know what follows.
        case run(RunReason)
        case failed(NodeFailure)
        /// A node before it failed.
        case blocked(by: Int)
        /// A node before it has nothing to give.
        case skipped(by: Int)
    }

    public struct Step: Sendable {
        /// In `ExecutionGraph.instances`.
        public let index: Int
        public let name: InstanceName
        public let status: Status
        /// Whether the result is cached because a remote cache has it; its value was not read.
        public let isRemote: Bool

        public var isCached: Bool { if case .cached = status { true } else { false } }
        public var runs: Bool { if case .run = status { true } else { false } }

        public var reason: RunReason? {
            guard case .run(let reason) = status else { return nil }
            return reason
        }
    }

    /// What the wanted results rest on, in the graph's order.
    public let steps: [Step]
    /// What keeps outputs from being written.
    public let obstacles: [OutputReport]
    /// What was warned of when cached results were made; each once, then how many cells have the same.
    public let warnings: [String]
    private let places: [Int: Int]

    init(steps: [Step], obstacles: [OutputReport], warnings: [String] = []) {
        self.steps = steps
        self.obstacles = obstacles
        self.warnings = warnings
        places = Dictionary(uniqueKeysWithValues: steps.enumerated().map { ($1.index, $0) })
    }

    /// By the index of the instance; nil for one that nothing wanted rests on.
    public subscript(index: Int) -> Step? { places[index].map { steps[$0] } }

    public var cached: Int { steps.count { $0.isCached } }
    /// Those of `cached` that a remote cache has.
    public var remote: Int { steps.count { $0.isCached && $0.isRemote } }
    /// Those that rest on one that fails.
    public var blocked: Int { steps.count { if case .blocked = $0.status { true } else { false } } }
    /// Those that rest on one that has nothing to give.
    public var skipped: Int { steps.count { if case .skipped = $0.status { true } else { false } } }
    public var toRun: Int { steps.count { $0.runs } }

    /// Whether a run that does not go on after failures leaves out what does not rest on one.
    public var endsEarly: Bool { toRun > 0 && failures.contains { !$0.isMissingBaseline } }

    public var failures: [NodeFailure] {
        steps.compactMap { if case .failed(let failure) = $0.status { failure } else { nil } }
    }
}
