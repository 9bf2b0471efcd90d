import Foundation

/// What the runs of a sweep have written of what they do, each a JSON object a line, read as it grows.
public struct SweepLog: Sendable {
    public struct Failure: Hashable, Sendable {
        /// `latent[seed=3]`
        public let title: String
        public let reason: String
        /// Of the part's log.
        public let log: String
    }

    private var places: [String: UInt64] = [:]
    /// By part: whatever follows the last end of a line.
    private var rests: [String: Data] = [:]
    /// The last run meets again what a shard has met.
    private var seen: Set<[String]> = []
    /// Nodes that ran and ended well, of all parts.
    public private(set) var finished = 0
    /// In bytes: the most that a part took.
    public private(set) var peakMemory: Int?

    public init() {}

    private struct Event: Decodable {
        let event: String?
        let node: String?
        let cell: [String: Scalar]?
        let reason: String?
        let peak_memory: Int?
    }

    /// A coordinate's value, as it is shown.
    private struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else if let number = try? container.decode(Int.self) {
                text = "\(number)"
            } else if let number = try? container.decode(Double.self) {
                text = "\(number)"
            } else {
                text = (try? container.decode(Bool.self)).map { "\($0)" } ?? "?"
            }
        }
    }

    /// - Returns: failures that have come up since the last time.
    public mutating func read(_ files: [String: String]) -> [Failure] {
        var failures: [Failure] = []
        for (part, path) in files.sorted(by: { $0.key < $1.key }) {
            guard let file = FileHandle(forReadingAtPath: path) else { continue }
            defer { try? file.close() }
            try? file.seek(toOffset: places[part] ?? 0)
            guard let new = try? file.readToEnd(), !new.isEmpty else { continue }
            places[part, default: 0] += UInt64(new.count)
            var lines = ((rests[part] ?? Data()) + new).split(
                separator: UInt8(ascii: "\n"),
                omittingEmptySubsequences: false
            )
            rests[part] = lines.popLast().map { Data($0) }
            for line in lines {
                guard let event = try? JSONDecoder().decode(Event.self, from: Data(line)) else { continue }
                switch event.event {
                case "finished": finished += 1
                case "summary": if let peak = event.peak_memory { peakMemory = max(peakMemory ?? 0, peak) }
                case "failed":
                    let log = (path as NSString).deletingPathExtension + ".log"
                    let failure = Failure(title: Self.title(event), reason: event.reason ?? "", log: log)
                    if seen.insert([failure.title, failure.reason]).inserted { failures.append(failure) }
                default: break
                }
            }
        }
        return failures
    }

    private static func title(_ event: Event) -> String {
        let cell = (event.cell ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
        return (event.node ?? "") + (cell.isEmpty ? "" : "[\(cell.joined(separator: " "))]")
    }
}
