/// What a scenario did, and what it found.
struct Counts: Codable, Equatable {
    var tries = 0
    /// Processes killed while they were at work.
    var kills = 0
    /// Bits flipped in files.
    var flips = 0
    /// Calls that failed, files that changed, folders that went, limits that held: what was done besides kills and flips.
    var faults = 0
    /// Results that were finished a second before a kill and had to be made again, and caches that were damaged by it.
    var lost = 0
    /// Outputs with other bytes, or missing though the exit status is 0.
    var wrong = 0
    /// Ends by a signal that nobody sent, and exit statuses that are not documented.
    var crashes = 0
    /// Processes that had to be killed after `Lab.patience`, or that wrote without end.
    var hangs = 0
    /// Failures that do not name what failed, and losses without a word.
    var unclear = 0
    /// Files that killed or failed processes left, and the next run did not clear.
    var strays = 0

    static let columns: [(name: String, path: WritableKeyPath<Counts, Int> & Sendable)] = [
        ("tries", \.tries), ("kills", \.kills), ("flips", \.flips), ("faults", \.faults), ("lost", \.lost),
        ("wrong", \.wrong), ("crashes", \.crashes), ("hangs", \.hangs), ("unclear", \.unclear), ("strays", \.strays),
    ]

    var isSound: Bool { lost + wrong + crashes + hangs == 0 }

    static func += (left: inout Counts, right: Counts) {
        for (_, path) in columns { left[keyPath: path] += right[keyPath: path] }
    }
}
