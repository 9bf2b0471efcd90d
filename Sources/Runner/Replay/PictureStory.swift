import Graph
import Recipes

/// What a picture's texts say, for people: how this program made it, or what others wrote.
public struct PictureStory: Sendable {
    /// A name and what there is to say of it; nothing of it speaks to a terminal once it is shown as `TerminalText`.
    public let rows: [(name: String, text: String)]
    /// Longer texts are cut.
    private static let mostCharacters = 300

    public init(texts: [(name: String, text: String)]) {
        let byName = Dictionary(texts.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
        if let origin = PictureOrigin(texts: byName) {
            rows = Self.rows(of: origin).map { ($0.0, Self.cut($0.1)) }
        } else {
            rows = texts.map { ($0.name, Self.cut(Self.foreign($0.name, $0.text))) }
        }
    }

    private static func rows(of origin: PictureOrigin) -> [(String, String)] {
        var rows = [("made by", "pulid-run \(origin.version), from \(origin.recipe)")]
        if !origin.settings.isEmpty {
            rows.append(("settings", origin.settings.map { "--set \($0)" }.joined(separator: " ")))
        }
        rows.append(("shows", origin.title))
        for (name, entries) in origin.nodes.sorted(by: { $0.key < $1.key }) {
            let kind = if case .string(let kind)? = entries["uses"] { kind } else { "?" }
            let settings = entries.filter { $0.key != "uses" }.sorted { $0.key < $1.key }.map { key, value in
                if case .string(let text) = value, text.hasPrefix("$"), !text.contains(" ") { return "\(key) \(text)" }
                return "\(key) \(value.json)"
            }
            rows.append(
                (name, ([kind] + [settings.joined(separator: ", ")]).filter { !$0.isEmpty }.joined(separator: ": "))
            )
        }
        for (path, digest) in origin.files.sorted(by: { $0.key < $1.key }) {
            rows.append(("file", "\(path) \(digest.prefix(12))"))
        }
        for (name, value) in origin.tools.sorted(by: { $0.key < $1.key }) { rows.append(("with", "\(name) \(value)")) }
        rows.append(("key", origin.key))
        return rows
    }

    private static func foreign(_ name: String, _ text: String) -> String {
        guard ["prompt", "workflow"].contains(name), case .map(let fields)? = try? Value.parsed(json: Array(text.utf8))
        else {
            return text
        }
        let nodes = if case .list(let nodes)? = fields["nodes"] { nodes.count } else { fields.count }
        return "a workflow of ComfyUI with \(counted(nodes, "node")); `pulid-run import` makes a recipe of it"
    }

    private static func cut(_ text: String) -> String {
        text.count > mostCharacters ? text.prefix(mostCharacters - 3) + "..." : text
    }
}
