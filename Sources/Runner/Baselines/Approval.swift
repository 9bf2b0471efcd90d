import Foundation
import Graph
import Recipes

/// What has to be made and written for baselines of a recipe to be what the recipe gives now: the same graph with the
/// baselines for outputs.
public struct Approval: Sendable {
    /// A baseline that is to be accepted.
    public struct Item: Hashable, Sendable {
        public let baseline: Baseline
        /// As the lock file names the baseline.
        public let key: String
        /// The file to write; absolute.
        public let path: String
    }

    /// How a picture joins those that were accepted before.
    public enum Way: Hashable, Sendable {
        /// In the place of the one of the same numerics class.
        case replace
        /// Beside them: renders may be like either.
        case add
    }

    public let graph: ExecutionGraph
    /// The innermost folder that has all the files in it.
    public let folder: String
    public let items: [Item]

    /// - Parameters:
    ///   - lock: what was accepted before
    ///   - numerics: the class of this run (`RunEnvironment.baselineClass`)
    ///   - settings: what `--set` gave
    ///   - isSelected: which of the measured pictures are accepted
    /// - Throws: `ApprovalError`.
    public init(
        of graph: ExecutionGraph,
        lock: BaselineLock? = nil,
        numerics: String = "",
        way: Way = .replace,
        settings: [String] = [],
        selecting isSelected: (Instance) -> Bool = { _ in true }
    ) throws(ApprovalError) {
        let baselines = graph.baselines
        guard !baselines.isEmpty else { throw .noBaselines(recipe: graph.file) }
        let measured = Dictionary(grouping: baselines) { Self.components($0.path) }
        var items: [Item] = []
        for path in measured.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let baseline = measured[path]?.first else { continue }
            let titles = Set(measured[path]?.map { graph.instances[$0.measured].title } ?? [])
            guard titles.count == 1 else {
                throw .severalPictures(path: pathFromHere(baseline.path), of: titles.sorted())
            }
            guard isSelected(graph.instances[baseline.measured]) else { continue }
            let key = BaselineLock.relative(baseline.path, to: graph.file)
            let file = Self.file(for: key, lock?.entries[key] ?? [], numerics, way)
            let absolute = file == key ? baseline.path : BaselineLock.absolute(file, from: graph.file)
            items.append(Item(baseline: baseline, key: key, path: absolute))
        }
        guard !items.isEmpty else {
            let accept = AcceptCommand(recipe: graph.file, settings: settings)
            throw .nothingSelected(recipe: graph.file, accept: accept)
        }
        let paths = items.map { Self.components($0.path) }.sorted { $0.lexicographicallyPrecedes($1) }
        let common = Self.commonFolder(of: paths)
        folder = pathFromHere("/" + common.dropFirst().joined(separator: "/"))
        self.items = items
        self.graph = ExecutionGraph(
            name: graph.name,
            file: graph.file,
            parameters: graph.parameters,
            instances: graph.instances,
            outputs: items.map { item in
                Output(
                    path: Self.components(item.path).dropFirst(common.count).joined(separator: "/"),
                    source: .artifact(item.baseline.measured),
                    location: graph.instances[item.baseline.reader].location
                )
            },
            expectations: []
        )
    }

    /// The file that the picture goes to: the one of its class, the baseline's own if nothing was accepted yet, else one
    /// beside it.
    private static func file(
        for key: String,
        _ entries: [BaselineLock.Entry],
        _ numerics: String,
        _ way: Way
    ) -> String {
        let taken = Set(entries.compactMap(\.file))
        if way == .replace {
            if let own = entries.first(where: { $0.numerics == numerics }) { return own.file ?? key }
            if taken.isEmpty { return key }
        } else if taken.isEmpty, entries.isEmpty {
            return key
        }
        guard taken.contains(key) else { return key }
        let (stem, end) = ((key as NSString).deletingPathExtension, (key as NSString).pathExtension)
        for number in 2... {
            let file = "\(stem).\(number).\(end)"
            if !taken.contains(file) { return file }
        }
        return key
    }

    private static func components(_ path: String) -> [String] {
        URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    }

    static func commonFolder(of paths: [[String]]) -> [String] {
        guard let first = paths.first, let last = paths.last else { return [] }
        // In their order, what the first and the last have in common all have.
        return zip(first.dropLast(), last.dropLast()).prefix { $0 == $1 }.map(\.0)
    }

    /// The lock file after this approval.
    ///
    /// - Parameters:
    ///   - lock: as it was
    ///   - keepsFiles: whether the pictures have files; else they are in the cache alone
    ///   - isAccepted: whether an item's file is as it should be now
    ///   - trace: `RecipeRun.trace`
    public func lock(
        after lock: BaselineLock?,
        numerics: String,
        way: Way,
        keepsFiles: Bool = true,
        isAccepted: (Item) -> Bool = { _ in true },
        trace: (Int) -> [NodeTrace]
    ) -> BaselineLock {
        var result = lock ?? BaselineLock(recipe: (graph.file as NSString).lastPathComponent)
        for item in items where isAccepted(item) {
            let traces = trace(item.baseline.measured)
            guard let picture = traces.last?.value else { continue }
            let file = keepsFiles ? BaselineLock.relative(item.path, to: graph.file) : nil
            let entry = BaselineLock.Entry(file: file, picture: picture, numerics: numerics, traces: traces)
            var entries = result.entries[item.key] ?? []
            entries.removeAll {
                $0.file == file && file != nil || way == .replace && $0.numerics == numerics && $0.file == nil
            }
            entries.append(entry)
            result.entries[item.key] = entries
        }
        return result
    }
}

public enum ApprovalError: Error, Hashable {
    case noBaselines(recipe: String)
    /// One file cannot be what several pictures look like.
    case severalPictures(path: String, of: [String])
    /// No baseline is of the pictures that were asked for.
    case nothingSelected(recipe: String, accept: AcceptCommand)
}

extension ApprovalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noBaselines(let recipe):
            "\(recipe) has no baselines: no node takes a file as `baseline:`"
        case .severalPictures(let path, let titles):
            "\(TerminalText(path).escaped()) is the baseline of \(titles.count) pictures (\(Self.listed(titles))): name the axes "
                + "that they differ by in its path"
        case .nothingSelected(let recipe, let accept):
            "\(recipe) measures none of these pictures against a baseline; `\(accept.listing)` lists those "
                + "that it does"
        }
    }

    private static func listed(_ titles: [String]) -> String {
        let some = titles.prefix(3).map { "`\(TerminalText($0).escaped())`" }
        return (some + (titles.count > 3 ? ["..."] : [])).joined(separator: ", ")
    }
}

extension Approval {
    /// The nodes whose pictures are accepted.
    public var measuredNodes: [String] { Set(items.map { graph.instances[$0.baseline.measured].node }).sorted() }
}

extension ExecutionGraph {
    /// The same recipe, of which no files are written.
    public var withoutOutputs: ExecutionGraph {
        ExecutionGraph(
            name: name,
            file: file,
            parameters: parameters,
            instances: instances,
            outputs: [],
            expectations: expectations
        )
    }
}

extension ExecutionGraph {
    /// The same recipe, of which nothing is written or judged: all that outputs and expectations rest on is run.
    public var onlyResults: ExecutionGraph {
        ExecutionGraph(
            name: name,
            file: file,
            parameters: parameters,
            instances: instances,
            outputs: [],
            expectations: []
        )
    }
}
