import Graph

/// A workflow of ComfyUI: its nodes with their settings by name and what they are connected to.
public struct Workflow: Sendable {
    struct Node {
        let id: String
        /// `KSampler`
        let kind: String
        var settings: [String: Value] = [:]
        /// By input: the node that feeds it, and which of that node's outputs.
        var links: [String: Link] = [:]
        /// It passes on what it is given.
        var isBypassed = false

        /// As remarks name it: `KSampler (3)`.
        var title: String { "\(kind) (\(id))" }
    }

    struct Link: Hashable {
        let node: String
        let output: Int
    }

    private(set) var nodes: [String: Node] = [:]

    /// In the order of their numbers.
    var ordered: [Node] {
        nodes.values.sorted { a, b in
            switch (Int(a.id), Int(b.id)) {
            case (let a?, let b?): a < b
            default: a.id < b.id
            }
        }
    }

    /// Either of ComfyUI's two forms: the one that its interface saves, or that of its API.
    ///
    /// - Returns: nil for JSON that is no workflow.
    public init?(_ value: Value) {
        guard case .map(let fields) = value else { return nil }
        if case .list(let listed)? = fields["nodes"], case .list(let links)? = fields["links"] {
            addInterface(listed, links)
        } else if case .map(let prompt)? = fields["prompt"] {
            addCalls(prompt)
        } else {
            addCalls(fields)
        }
        guard !nodes.isEmpty else { return nil }
    }

    // MARK: - The API's form

    private mutating func addCalls(_ calls: [String: Value]) {
        for (id, call) in calls {
            guard case .map(let fields) = call, case .string(let kind)? = fields["class_type"] else { continue }
            var node = Node(id: id, kind: kind)
            if case .map(let inputs)? = fields["inputs"] {
                for (name, value) in inputs {
                    if let link = Self.link(value) { node.links[name] = link } else { node.settings[name] = value }
                }
            }
            nodes[id] = node
        }
    }

    /// `["4", 0]`
    private static func link(_ value: Value) -> Link? {
        guard case .list(let pair) = value, pair.count == 2, case .integer(let output) = pair[1],
            (0..<1000).contains(output)
        else { return nil }
        return id(pair[0]).map { Link(node: $0, output: Int(output)) }
    }

    private static func id(_ value: Value) -> String? {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: nil
        }
    }

    // MARK: - The interface's form

    private mutating func addInterface(_ listed: [Value], _ links: [Value]) {
        var sources: [String: Link] = [:]
        for case .list(let link) in links where link.count >= 4 {
            guard let id = Self.id(link[0]), let node = Self.id(link[1]), case .integer(let output) = link[2],
                (0..<1000).contains(output)
            else { continue }
            sources[id] = Link(node: node, output: Int(output))
        }
        for case .map(let fields) in listed {
            guard let id = fields["id"].flatMap(Self.id), case .string(let kind)? = fields["type"] else { continue }
            // 2 is muted: as if it were not there. 4 is bypassed.
            if fields["mode"] == .integer(2) { continue }
            var node = Node(id: id, kind: kind, isBypassed: fields["mode"] == .integer(4))
            if case .list(let inputs)? = fields["inputs"] {
                for case .map(let input) in inputs {
                    guard case .string(let name)? = input["name"], let link = input["link"].flatMap(Self.id),
                        let source = sources[link]
                    else { continue }
                    node.links[name] = source
                }
            }
            switch fields["widgets_values"] {
            case .list(let values): node.settings = Self.settings(values, of: kind)
            case .map(let values): node.settings = values
            default: break
            }
            nodes[id] = node
        }
    }

    /// Values that the interface saves without their names.
    private static func settings(_ values: [Value], of kind: String) -> [String: Value] {
        guard let names = ComfyUINodes.settings[kind] else {
            // Of a node that is one value, such as a primitive.
            return values.first.map { ["value": $0] } ?? [:]
        }
        return Dictionary(zip(names, values).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
    }

    // MARK: - Following links

    /// The node that feeds an input, past reroutes and what is bypassed.
    func source(of input: String, _ node: Node) -> (node: Node, output: Int)? {
        var link = node.links[input]
        // Circles end as well.
        for _ in 0...nodes.count {
            guard let current = link, let found = nodes[current.node] else { return nil }
            if found.kind == "Reroute" {
                link = found.links.values.first
            } else if found.isBypassed {
                link = found.links[ComfyUINodes.passing[found.kind]?[current.output] ?? "model"]
            } else {
                return (found, current.output)
            }
        }
        return nil
    }

    /// A setting, also one that another node gives.
    func setting(_ name: String, of node: Node) -> Value? {
        guard node.links[name] != nil else { return node.settings[name] }
        guard let source = source(of: name, node)?.node else { return node.settings[name] }
        return ["value", "string", "text", "int", "float", "seed", "number"].lazy.compactMap { source.settings[$0] }
            .first
    }
}

extension Workflow {
    /// Whether a text is a workflow rather than a recipe.
    public static func isOne(_ value: Value) -> Bool { Workflow(value) != nil }
}
