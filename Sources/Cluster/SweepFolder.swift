import Foundation

/// The folder of a sweep on a cluster: scripts, logs, and how its parts ended. Everything in it can be made again.
public struct SweepFolder: Sendable {
    public let path: String

    public init(_ path: String) { self.path = path }

    public var division: String { path + "/division.json" }

    /// How a part ended.
    public struct Ending: Hashable, Sendable {
        public let status: Int
        public let node: String

        /// A shard that has nothing left that it could do.
        public var isFinal: Bool { status == 0 || status == 3 }

        /// 75: what it computed could not be kept there; 126 and 127: the program is not to be had there; 64: it computes other
        /// bits there (`--numerics`), as all other words are those that the command took itself.
        public var isItsNodesFault: Bool { [64, 75, 126, 127].contains(status) }
    }

    /// By the part's name: `3`, `collect`.
    public var endings: [String: Ending] {
        var endings: [String: Ending] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path + "/status")) ?? [] {
            guard let text = try? String(contentsOfFile: "\(path)/status/\(name)", encoding: .utf8) else { continue }
            let words = text.split { $0 == " " || $0 == "\n" }
            // Half of it: it is just being written.
            guard words.count == 2, let status = Int(words[0]) else { continue }
            endings[name] = Ending(status: status, node: String(words[1]))
        }
        return endings
    }

    /// The files in which parts say what they do, by the part's name.
    public var eventFiles: [String: String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path + "/logs")) ?? []
        return Dictionary(
            uniqueKeysWithValues: names.filter { $0.hasSuffix(".json") }.map {
                (String($0.dropLast(".json".count)), "\(path)/logs/\($0)")
            }
        )
    }

    /// Makes room for another submission: what the one before left of logs and statuses goes.
    ///
    /// - Throws: what the system says.
    public func begin(_ scripts: [(name: String, text: String)]) throws {
        let files = FileManager.default
        for name in ["logs", "status"] {
            let folder = "\(path)/\(name)"
            if files.fileExists(atPath: folder) { try files.removeItem(atPath: folder) }
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        for name in ["shard.sh", "collect.sh", "submit.sh"] where files.fileExists(atPath: "\(path)/\(name)") {
            try files.removeItem(atPath: "\(path)/\(name)")
        }
        for (name, text) in scripts {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(path)/\(name)")
        }
    }
}
