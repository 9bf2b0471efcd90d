import Foundation

/// The control groups of this process: its own and all around it.
struct ControlGroups {
    private let read: (String) -> String?

    /// - Parameter read: the text of a file, nil where there is none
    init(_ read: @escaping (String) -> String?) { self.read = read }

    /// What the groups of a controller say, the innermost first.
    ///
    /// - Parameter reading: of a group's folder, for the first or second version of control groups
    func flatMap<Reading>(
        controller: String,
        _ reading: (_ folder: String, _ version: Int) -> Reading?
    ) -> [Reading] {
        guard let groups = read("/proc/self/cgroup") else { return [] }
        return groups.split(separator: "\n").flatMap { line -> [Reading] in
            // hierarchy:controllers:path; the second version has hierarchy 0 and names no controllers.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let version = fields[0] == "0" && fields[1].isEmpty ? 2 : 1
            guard version == 2 || fields[1].split(separator: ",").contains(Substring(controller)) else { return [] }
            let root = version == 2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
            var names = fields[2].split(separator: "/")
            var readings: [Reading] = []
            while true {
                let folder = ([root] + names.map(String.init)).joined(separator: "/")
                if let found = reading(folder, version) { readings.append(found) }
                if names.popLast() == nil { return readings }
            }
        }
    }

    /// The number that a file holds.
    static func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }
}
