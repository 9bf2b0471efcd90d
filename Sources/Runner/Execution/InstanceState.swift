import Graph

/// What is known of an instance, what is being done about it, and where its value is.
struct InstanceState {
    enum Phase {
        /// The digest of an input is not known yet.
        case unresolved
        /// Its key is known, and the cache is being asked.
        case lookedUp
        /// It is to run: when the values of its inputs are there, and a worker takes it.
        case waiting(RunCause)
        case running(RunCause)
        /// Another instance with the same key runs in its place.
        case follows(Int)
        /// The cache gave its digest.
        case cached
        case ran(RunCause)
        case failed
        /// Not run, since this instance before it failed.
        case blocked(by: Int)
        /// Not run, since this instance before it has nothing to give.
        case skipped(by: Int)
    }

    enum Location {
        /// Not made, or no longer to be had.
        case nowhere
        case stored
        /// - bytes: what it takes.
        indirect case held(any Artifact, bytes: Int, isStored: Bool)
    }

    // There is one of these for each instance, in an order that leaves few gaps.

    var key: Digest?
    /// Of its value; known for good once it is known.
    var digest: Digest?
    var value = Location.nowhere
    var phase = Phase.unresolved
    /// Inputs whose digests are not known.
    var unresolvedInputs: Int32 = 0
    /// While it waits: inputs whose values are still to be made.
    var missingValues: Int32 = 0
    /// Dependants that may still want the value.
    var uses: Int32 = 0
    /// Those of them that take it as a whole, not as one of a gathered sweep.
    var directUses: Int32 = 0
    /// Outputs, expectations or tables want the value and have not had it.
    var isDeliveryWanted = false
    /// It has no value and will have none: it is absent, or was to be made of what is, or it failed before its digest was
    /// known, or was blocked.
    var isAbsent = false

    var isToRun: Bool {
        switch phase {
        case .waiting, .running: true
        default: false
        }
    }

    /// Whether nothing is known of it yet, and nothing keeps it from running.
    var isStillToRun: Bool {
        switch phase {
        case .unresolved, .waiting: true
        default: false
        }
    }

    var isDone: Bool {
        switch phase {
        case .cached, .ran: true
        default: false
        }
    }

    var artifact: (any Artifact)? {
        if case .held(let artifact, _, _) = value { artifact } else { nil }
    }

    var isToBeHad: Bool {
        if case .nowhere = value { false } else { true }
    }
}

/// Why an instance runs, as it was decided.
enum RunCause: Hashable, Sendable {
    /// It names files.
    case reference
    /// `--force`
    case forced
    /// The cache has no result under its key.
    case missed
    /// Its digest is known, and its value is needed and not to be had.
    case evicted
}
