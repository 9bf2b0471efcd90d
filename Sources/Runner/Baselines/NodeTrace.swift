import Graph

/// What a result at one cell owes to one node: what its key had beside its inputs, and what came of it.
public struct NodeTrace: Hashable, Sendable {
    /// `latent[style=neon]`
    public let title: String
    /// `latent`
    public let node: String
    /// By component, as in `CacheKey.components` and without inputs: `version`, `numerics`, `parameter seed`; of nodes that
    /// name files the files' contents, as `file unet`.
    public let parts: [String: String]
    /// Of the node's result.
    public let value: Digest

    public init(title: String, node: String, parts: [String: String], value: Digest) {
        self.title = title
        self.node = node
        self.parts = parts
        self.value = value
    }
}

extension RecipeRun {
    /// The nodes that a result rests on, itself the last, in the graph's order; empty where it is not known.
    ///
    /// Of gathered sweeps all cells are in it.
    public func trace(of index: Int) -> [NodeTrace] {
        var wanted: Set<Int> = [index]
        var stack = [index]
        while let current = stack.popLast() {
            for input in needed.inputs[current] where wanted.insert(input.index).inserted { stack.append(input.index) }
        }
        var traces: [NodeTrace] = []
        for index in wanted.sorted() {
            guard let trace = ownTrace(of: index) else { return [] }
            traces.append(trace)
        }
        return traces
    }

    /// A node at one cell alone; nil where its result is not known.
    func ownTrace(of index: Int) -> NodeTrace? {
        let instance = graph.instances[index]
        var scheduler = state.withLock { $0.scheduler }
        guard let value = scheduler.states[index].digest else { return nil }
        var parts: [String: String] = [:]
        if instance.schema.evaluation == .reference {
            for (name, value) in scheduler.states[index].artifact?.record.values ?? [:] { parts["file \(name)"] = value.json }
        } else {
            for (name, text) in scheduler.key(of: index).components where !name.hasPrefix("input ") { parts[name] = text }
        }
        return NodeTrace(title: instance.title, node: instance.node, parts: parts, value: value)
    }
}
