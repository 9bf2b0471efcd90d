import CYaml
import Graph

/// Puts the tree together from events, with a stack of its own: nothing here recurses.
struct TreeBuilder {
    enum Kind { case sequence, mapping }

    private struct Frame {
        let kind: Kind
        let anchor: String?
        let location: SourceLocation
        var items: [SyntaxNode] = []
        var entries: [SyntaxNode.Entry] = []
        /// Where each key was first written.
        var keys: [String: SourceLocation] = [:]
        var size = 1
        var key: Key = .none

        enum Key {
            case none
            case pending(Scalar)
            /// The key is no good; its value is read and dropped.
            case refused
        }
    }

    let diagnostics: DiagnosticCollector
    private(set) var root: SyntaxNode?
    /// The tree lacks something that was refused with a message, and whose absence would cause further messages.
    private(set) var isDamaged = false
    /// A limit is exceeded: the rest is not read at all.
    private(set) var mustStop = false

    private var stack: [Frame] = []
    private var anchors: [String: SyntaxNode] = [:]
    private var aliases = 0
    private var expansion = 0

    init(diagnostics: DiagnosticCollector) { self.diagnostics = diagnostics }

    mutating func checkTag(_ tag: UnsafeMutablePointer<yaml_char_t>?, at location: SourceLocation) {
        guard let tag else { return }
        let name = String(decodingCString: UnsafePointer(tag), as: UTF8.self)
        let short = name.hasPrefix("tag:yaml.org,2002:") ? "!!" + name.dropFirst("tag:yaml.org,2002:".count) : name
        diagnostics.error(
            "tags such as \(code(short)) are not used in recipes",
            at: location,
            hint: "write the value alone: quoted it is text, unquoted it is what it looks like"
        )
    }

    mutating func open(_ kind: Kind, anchor: String?, at location: SourceLocation) {
        guard stack.count < SyntaxParser.deepestNesting else {
            diagnostics.error("nested more than \(SyntaxParser.deepestNesting) deep", at: location)
            mustStop = true
            return
        }
        // An anchor is known only once its node is complete, so nothing can contain itself.
        if let anchor { anchors[anchor] = nil }
        stack.append(Frame(kind: kind, anchor: anchor, location: location))
    }

    mutating func scalar(_ scalar: Scalar, anchor: String?) {
        add(SyntaxNode(content: .scalar(scalar), location: scalar.location, size: 1), anchor: anchor)
    }

    mutating func close(at end: SourceLocation) {
        guard let frame = stack.popLast() else { return }
        let content: SyntaxNode.Content = frame.kind == .sequence ? .sequence(frame.items) : .mapping(frame.entries)
        var location = frame.location
        if location.line > 0, location.line == end.line, end.column > location.column, location.length == 1 {
            // A flow collection on one line, its closing bracket included.
            location = SourceLocation(
                file: location.file,
                line: location.line,
                column: location.column,
                length: end.column + end.length - location.column
            )
        }
        add(SyntaxNode(content: content, location: location, size: frame.size), anchor: frame.anchor)
    }

    mutating func alias(_ name: String, at location: SourceLocation) {
        aliases += 1
        guard let target = anchors[name] else {
            isDamaged = true
            let isOpen = stack.contains { $0.anchor == name }
            diagnostics.error(
                isOpen ? "\(code("*" + name)) would contain itself" : "there is no anchor \(code("&" + name)) above",
                at: location,
                hint: diagnostics.suggestion(for: name, among: anchors.keys, prefix: "*")
            )
            add(SyntaxNode(content: .sequence([]), location: location, size: 1), anchor: nil)
            return
        }
        expansion += target.size
        guard aliases <= SyntaxParser.mostAliases, expansion <= SyntaxParser.largestExpansion else {
            let limit = aliases > SyntaxParser.mostAliases ? SyntaxParser.mostAliases : SyntaxParser.largestExpansion
            diagnostics.error(
                aliases > SyntaxParser.mostAliases
                    ? "more than \(limit) aliases" : "aliases repeat more than \(limit) values",
                at: location,
                hint: "use params for values that recur"
            )
            mustStop = true
            return
        }
        add(target, anchor: nil)
    }

    private mutating func add(_ node: SyntaxNode, anchor: String?) {
        if let anchor { anchors[anchor] = node }
        guard var frame = stack.popLast() else {
            root = node
            return
        }
        frame.size += node.size
        switch (frame.kind, frame.key) {
        case (.sequence, _): frame.items.append(node)
        case (.mapping, .none): frame.key = key(node, in: &frame)
        case (.mapping, .pending(let key)):
            frame.entries.append(SyntaxNode.Entry(key: key, value: node))
            frame.key = .none
        case (.mapping, .refused): frame.key = .none
        }
        stack.append(frame)
    }

    private mutating func key(_ node: SyntaxNode, in frame: inout Frame) -> Frame.Key {
        guard case .scalar(let key) = node.content else {
            isDamaged = true
            diagnostics.error(
                "a key must be text, but \(node.found)",
                at: node.location,
                hint: "a value that begins with `[` or `{` and is no list or mapping needs quotes"
            )
            return .refused
        }
        if key.isPlain, key.text == "<<" {
            isDamaged = true
            diagnostics.error(
                "merge keys (`<<`) are not used in recipes",
                at: key.location,
                hint: "repeat the keys, or share values through `params:`"
            )
            return .refused
        }
        if let first = frame.keys[key.text] {
            diagnostics.error(
                "the key \(code(key.text)) is written twice",
                at: key.location,
                notes: [Diagnostic.Note("it is first written here", at: first)]
            )
            return .refused
        }
        frame.keys[key.text] = key.location
        return .pending(key)
    }
}
