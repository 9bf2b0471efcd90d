import Graph
import Recipes

/// What was another when a second picture was made, told by what both say of their making.
public struct PictureDifference: Sendable {
    /// `latent: seed: 1 -> 2`; nothing where both say the same.
    public let lines: [String]

    public init(_ a: PictureOrigin, _ b: PictureOrigin) {
        var lines: [String] = []
        if a.version != b.version { lines.append("program: \(a.version) -> \(b.version)") }
        lines += Self.changes(a.tools, b.tools).map { "\($0)" }
        let (before, after) = (a.nodes, b.nodes)
        for (old, new) in Self.pairs(before, after) {
            let changes = Self.changes(
                (before[old ?? ""] ?? [:]).mapValues(\.json),
                (after[new ?? ""] ?? [:]).mapValues(\.json)
            )
            switch (old, new) {
            case (let old?, let new?):
                let name = old == new ? old : "\(old) (now \(new))"
                lines += changes.map { "\(name): \($0)" }
            case (let old?, nil): lines.append("\(old): there, and then not")
            case (nil, let new?): lines.append("\(new): not there, and then there")
            case (nil, nil): break
            }
        }
        lines += Self.changes(a.files, b.files).map { "file \($0)" }
        self.lines = lines.map { TerminalText($0).escaped() }
    }

    private static func changes(_ a: [String: String], _ b: [String: String]) -> [KeyChange] {
        Set(a.keys).union(b.keys).sorted().compactMap { name in
            a[name] == b[name] ? nil : KeyChange(component: name, old: a[name], new: b[name])
        }
    }

    /// Nodes of one name belong together; of the others, those that are alone in their kind.
    private static func pairs(
        _ a: [String: [String: Value]],
        _ b: [String: [String: Value]]
    ) -> [(String?, String?)] {
        var pairs: [(String?, String?)] = a.keys.filter { b[$0] != nil }.sorted().map { ($0, $0) }
        let (left, right) = (a.filter { b[$0.key] == nil }, b.filter { a[$0.key] == nil })
        var taken: Set<String> = []
        for (name, entries) in left.sorted(by: { $0.key < $1.key }) {
            let twins = right.filter { $0.value["uses"] == entries["uses"] }
            let isAlone = left.count { $0.value["uses"] == entries["uses"] } == 1 && twins.count == 1
            let twin = isAlone ? twins.first?.key : nil
            if let twin { taken.insert(twin) }
            pairs.append((name, twin))
        }
        return pairs + right.keys.filter { !taken.contains($0) }.sorted().map { (nil, $0) }
    }
}
