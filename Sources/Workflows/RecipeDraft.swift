import Graph

/// A recipe as it is written down, in the order that people write it, with remarks on what it lacks.
public struct RecipeDraft: Sendable {
    /// What a key is given: a value, the result of a node, or results of several.
    enum Entry: Sendable {
        case value(Value)
        case node(String)
        case nodes([String])
    }

    var name: String
    var params: [(name: String, value: Value)] = []
    var axes: [(name: String, value: Value)] = []
    var excluded: [Value] = []
    var nodes: [(name: String, kind: String, entries: [(key: String, entry: Entry)])] = []
    /// By files: what they show, `image` or `image[seed=1]`.
    var outputs: [(path: String, node: String)] = []
    /// What was not carried over, each with the reason.
    public private(set) var remarks: [String] = []
    /// The params that name files and folders, with the paths, as seen from the recipe.
    public private(set) var files: [(param: String, path: String)] = []

    init(name: String) { self.name = name }

    /// A recipe that was read before.
    ///
    /// - Parameters:
    ///   - document: as its text has it: axes, exclude, nodes, outputs
    ///   - name: what it is called by now
    ///   - order: the nodes, each behind those that it reads
    public init(_ document: [String: Value], name: String, order: [String]) {
        self.init(name: name)
        func fields(_ key: String) -> [String: Value] {
            if case .map(let fields)? = document[key] { fields } else { [:] }
        }
        axes = fields("axes").sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        if case .list(let items)? = document["exclude"] { excluded = items }
        let nodes = fields("nodes")
        for node in order {
            guard case .map(var entries)? = nodes[node], case .string(let kind)? = entries.removeValue(forKey: "uses")
            else { continue }
            let written = entries.sorted { $0.key < $1.key }.map { (key: $0.key, entry: Entry.value($0.value)) }
            self.nodes.append((node, kind, written))
        }
        for case (let path, .string(let shown)) in fields("outputs") {
            outputs.append((path, String(shown.dropFirst())))
        }
    }

    mutating func remark(_ text: String) { if !remarks.contains(text) { remarks.append(text) } }

    /// - Returns: `name`, or with a number behind it where another node has it.
    mutating func add(_ name: String, _ kind: String, _ entries: [(key: String, entry: Entry)]) -> String {
        var free = name
        var number = 2
        while nodes.contains(where: { $0.name == free }) {
            free = "\(name)-\(number)"
            number += 1
        }
        nodes.append((free, kind, entries))
        return free
    }

    /// A param with this default, or a further one where it has another.
    mutating func param(_ name: String, _ value: Value) -> Entry { .value(insertion(of: name, value)) }

    private mutating func insertion(of name: String, _ value: Value) -> Value {
        var free = name
        var number = 2
        while let known = params.first(where: { $0.name == free }) {
            if known.value == value { return .string("${\(free)}") }
            free = "\(name)-\(number)"
            number += 1
        }
        params.append((free, value))
        return .string("${\(free)}")
    }

    /// A param that names a file or a folder.
    ///
    /// - Parameter path: with dollars doubled, as in all texts
    mutating func file(_ name: String, _ path: Value) -> Value {
        let count = params.count
        let inserted = insertion(of: name, path)
        if params.count > count, let last = params.last, case .string(let path) = path {
            files.append((last.name, path.replacing("$$", with: "$")))
        }
        return inserted
    }

    /// As YAML.
    public var text: String {
        var lines = ["recipe: \(Self.text(.string(name)))"]
        if !params.isEmpty {
            lines += ["params:"] + params.map { "  \($0.name): \(Self.text($0.value))" }
        }
        if !axes.isEmpty { lines += ["axes:"] + axes.map { "  \($0.name): \(Self.text($0.value))" } }
        if !excluded.isEmpty { lines += ["exclude:"] + excluded.map { "  - \(Self.text($0))" } }
        lines.append("nodes:")
        for node in nodes {
            lines.append("  \(node.name):")
            lines.append("    uses: \(node.kind)")
            lines += node.entries.map { "    \($0.key): \(Self.text($0.entry))" }
        }
        lines.append("outputs:")
        lines += outputs.map { "  \(Value.string($0.path).json): \(Self.text(.string("$" + $0.node)))" }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ entry: Entry) -> String {
        switch entry {
        case .value(let value): text(value)
        case .node(let name): "$\(name)"
        case .nodes(let names): "[" + names.map { "$\($0)" }.joined(separator: ", ") + "]"
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .string(let text): isPlain(text) ? text : value.json
        case .list(let items): "[" + items.map { text($0) }.joined(separator: ", ") + "]"
        case .map(let fields):
            "{" + fields.sorted { $0.key < $1.key }.map { "\($0.key): \(text($0.value))" }.joined(separator: ", ") + "}"
        default: value.json
        }
    }

    /// Letters, maybe behind a dollar, and in it what YAML takes for nothing else.
    private static func isPlain(_ text: String) -> Bool {
        text.wholeMatch(of: /\$?[A-Za-z][A-Za-z0-9_.\/-]*/) != nil && !["true", "false", "null"].contains(text)
    }
}
