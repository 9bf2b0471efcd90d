import Graph
import Recipes

/// What a node has to say of one of its cells.
public struct NodeWarning: Hashable, Sendable {
    public let name: InstanceName
    public let text: String

    public init(_ name: InstanceName, _ text: String) {
        self.name = name
        self.text = text
    }

    /// For people.
    public var message: String { "`\(name.shortTitle)`: \(text)" }

    /// What is the same where other cells of the node have the same to say: all but numbers and what is quoted.
    public var kind: Kind {
        let words = text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
        return Kind(
            node: name.node,
            words: words.filter { $0.offset.isMultiple(of: 2) }.map { $0.element.filter { !$0.isNumber } }.joined()
        )
    }

    public struct Kind: Hashable, Sendable {
        public let node: String
        fileprivate let words: String
    }
}

/// Warnings of nodes, of which each is said once and then counted.
struct NodeWarnings: Sendable {
    private var repetitions = Repetitions<NodeWarning.Kind>()
    private var first: [NodeWarning.Kind: NodeWarning] = [:]

    /// - Returns: whether it is to be said.
    mutating func isNew(_ warning: NodeWarning) -> Bool {
        let kind = warning.kind
        let isFirst = repetitions.isFirst(kind, of: warning.name.shortPlace)
        if isFirst { first[kind] = warning }
        return isFirst
    }

    /// What is left to be said at the end.
    var rest: [String] {
        repetitions.others.compactMap { others in
            first[others.kind].map { warning in
                let cells = counted(others.count, "more cell")
                return
                    "the same in \(cells) of `\(warning.name.node)` (\(others.list)): \(Self.beginning(of: warning.text))"
            }
        }
    }

    private static func beginning(of text: String) -> String {
        let clause = text.prefix { !":;,".contains($0) }
        return clause.count < text.count ? clause + " …" : text
    }
}
