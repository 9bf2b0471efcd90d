import Foundation
import Graph
import Recipes

/// What has to be made and written for every baseline of a recipe to be what the recipe gives now: the same graph with
/// the baselines for outputs.
public struct Approval: Sendable {
    public let graph: ExecutionGraph
    /// The innermost folder that has all the baselines in it.
    public let folder: String

    /// - Throws: `ApprovalError`.
    public init(of graph: ExecutionGraph) throws(ApprovalError) {
        let baselines = graph.baselines
        guard !baselines.isEmpty else { throw .noBaselines(recipe: graph.file) }
        let measured = Dictionary(grouping: baselines) { Self.components($0.path) }
        let paths = measured.keys.sorted { $0.lexicographicallyPrecedes($1) }
        let common = Self.commonFolder(of: paths)
        var outputs: [Output] = []
        for path in paths {
            guard let baseline = measured[path]?.first else { continue }
            let titles = Set(measured[path]?.map { graph.instances[$0.measured].title } ?? [])
            guard titles.count == 1 else {
                throw .severalPictures(path: pathFromHere(baseline.path), of: titles.sorted())
            }
            outputs.append(
                Output(
                    path: path.dropFirst(common.count).joined(separator: "/"),
                    source: .artifact(baseline.measured),
                    location: graph.instances[baseline.reader].location
                )
            )
        }
        folder = pathFromHere("/" + common.dropFirst().joined(separator: "/"))
        self.graph = ExecutionGraph(
            name: graph.name,
            file: graph.file,
            parameters: graph.parameters,
            instances: graph.instances,
            outputs: outputs,
            expectations: []
        )
    }

    private static func components(_ path: String) -> [String] {
        URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    }

    static func commonFolder(of paths: [[String]]) -> [String] {
        guard let first = paths.first, let last = paths.last else { return [] }
        // In their order, what the first and the last have in common all have.
        return zip(first.dropLast(), last.dropLast()).prefix { $0 == $1 }.map(\.0)
    }
}

public enum ApprovalError: Error, Hashable {
    case noBaselines(recipe: String)
    /// One file cannot be what several pictures look like.
    case severalPictures(path: String, of: [String])
}

extension ApprovalError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noBaselines(let recipe):
            "\(recipe) has no baselines: no node takes a file as `baseline:`"
        case .severalPictures(let path, let titles):
            "\(TerminalText(path).escaped()) is the baseline of \(titles.count) pictures (\(Self.listed(titles))): name the axes "
                + "that they differ by in its path"
        }
    }

    private static func listed(_ titles: [String]) -> String {
        let some = titles.prefix(3).map { "`\(TerminalText($0).escaped())`" }
        return (some + (titles.count > 3 ? ["..."] : [])).joined(separator: ", ")
    }
}
