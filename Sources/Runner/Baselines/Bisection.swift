import Graph
import Recipes
import Store

/// The results of a recipe's nodes, as a run or a cache has them.
public struct NodeResults: Sendable {
    public let graph: ExecutionGraph
    /// By title, in the graph's order: the nodes whose results are known.
    let values: [String: Digest]
    let traces: [String: NodeTrace]
    private let readRecord: @Sendable (Digest) -> ArtifactRecord?

    /// Those of a run that is over.
    public init(of run: RecipeRun) {
        graph = run.graph
        var values: [String: Digest] = [:]
        var traces: [String: NodeTrace] = [:]
        for index in run.needed.indices {
            guard let trace = run.ownTrace(of: index) else { continue }
            values[trace.title] = trace.value
            traces[trace.title] = trace
        }
        (self.values, self.traces) = (values, traces)
        let store = run.store
        readRecord = { store.record(for: $0) }
    }

    /// Those that the last run of the recipe left in a cache, whatever program and numerics made them; nothing is computed.
    ///
    /// - Parameter recipe: the recipe's file by its absolute path
    /// - Throws: `BisectionError.nothingKnown`.
    public init(of graph: ExecutionGraph, recipe: String, in store: ResultStore) throws(BisectionError) {
        let keys = store.history(of: recipe)
        let all = Array(Set(keys.values))
        let results = Dictionary(uniqueKeysWithValues: zip(all, store.results(for: all)))
        var values: [String: Digest] = [:]
        var traces: [String: NodeTrace] = [:]
        for instance in graph.instances {
            let title = instance.title
            guard let key = keys[title], let value = results[key]??.value else { continue }
            values[title] = value
            let parts = store.components(of: key)?.parts.filter { !$0.name.hasPrefix("input ") } ?? []
            traces[title] = NodeTrace(
                title: title,
                node: instance.node,
                parts: Dictionary(parts.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first }),
                value: value
            )
        }
        guard !values.isEmpty else { throw .nothingKnown(recipe: recipe) }
        (self.graph, self.values, self.traces) = (graph, values, traces)
        readRecord = { store.record(for: $0) }
    }

    /// A node's result; nil where it is not known or no longer to be had.
    public func artifact(at title: String) -> (any Artifact)? {
        guard let value = values[title], let record = readRecord(value),
            let instance = graph.instances.first(where: { $0.title == title })
        else { return nil }
        return try? instance.schema.output.init(record: record)
    }

    func record(at title: String) -> ArtifactRecord? { values[title].flatMap(readRecord) }
}

/// Two runs, node by node in the graph's order, up to the first whose results are too far apart.
public struct Bisection: Sendable {
    public enum Outcome: Sendable {
        case same
        case differs(RecordDifferences)
        /// The results are not numbers of the same shape, or something else than numbers is another.
        case other(String)
        /// A node without numbers of its own names other files or uses them otherwise.
        case otherFiles
        /// One of them is not known or not to be had.
        case unknown
    }

    public struct Step: Sendable {
        public let title: String
        public let outcome: Outcome
        /// Whether it is farther apart than the tolerance.
        public let isBeyond: Bool
    }

    public let steps: [Step]
    /// Of the first node beyond the tolerance: its title, what differs of the keys up to it, and the titles of its inputs.
    public let first: (title: String, changes: [NodeChange], inputs: [String])?

    /// - Parameter tolerance: the relative L2 distance that results may have; at 0 each bit counts
    /// - Throws: `BisectionError.nothingInCommon`.
    public init(_ a: NodeResults, _ b: NodeResults, tolerance: Double) throws(BisectionError) {
        let titles = a.graph.instances.map(\.title).filter { a.values[$0] != nil && b.values[$0] != nil }
        guard !titles.isEmpty else { throw .nothingInCommon }
        var steps: [Step] = []
        var found: (title: String, changes: [NodeChange], inputs: [String])?
        for title in titles {
            let outcome = Self.outcome(title, a, b)
            let isBeyond: Bool
            switch outcome {
            case .same, .unknown, .otherFiles: isBeyond = false
            case .differs(let differences): isBeyond = !(differences.relativeL2 <= tolerance)
            case .other: isBeyond = true
            }
            steps.append(Step(title: title, outcome: outcome, isBeyond: isBeyond))
            guard isBeyond else { continue }
            let walked = steps.map(\.title)
            let changes = NodeChange.between(
                walked.compactMap { a.traces[$0] },
                walked.compactMap { b.traces[$0] }
            )
            let instance = a.graph.instances.first { $0.title == title }
            let inputs = instance?.inputs.sorted { $0.key < $1.key }.flatMap(\.value) ?? []
            found = (title, changes, inputs.map { a.graph.instances[$0].title })
            break
        }
        self.steps = steps
        first = found
    }

    private static func outcome(_ title: String, _ a: NodeResults, _ b: NodeResults) -> Outcome {
        if a.values[title] == b.values[title] { return .same }
        guard let x = a.record(at: title), let y = b.record(at: title) else {
            // References are in no cache: their digests alone say that they name other files.
            let instance = a.graph.instances.first { $0.title == title }
            return instance?.schema.evaluation == .reference ? .otherFiles : .unknown
        }
        do {
            let differences = try RecordDifferences(between: x, and: y)
            if differences.differing > 0 { return .differs(differences) }
            return x.values == y.values ? .same : .other("its plain values are others")
        } catch {
            return .other("\(error)")
        }
    }
}

public enum BisectionError: Error, Hashable {
    case nothingKnown(recipe: String)
    case nothingInCommon
}

extension BisectionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothingKnown(let recipe):
            "the cache remembers no run of \(TerminalText(recipe).escaped()); run it with this cache first"
        case .nothingInCommon: "the two have no nodes of the same names and cells"
        }
    }
}
