import Foundation
import Graph

/// What a picture says of its own making: enough to make it again, and nothing that differs between two runs of the same,
/// such as times or where folders lie.
struct OutputMetadata: Sendable {
    /// What all pictures of a run have in common.
    private let common: [FileMetadata]

    init(graph: ExecutionGraph, options: RunOptions, version: String) {
        common = [
            FileMetadata("pulid-run.version", version),
            FileMetadata("pulid-run.recipe", graph.name),
            FileMetadata("pulid-run.file", options.recipeForReplay),
            FileMetadata("pulid-run.settings", Value.list(options.settings.map { .string($0) }).json),
            FileMetadata("pulid-run.parameters", Value.map(graph.parameters).json),
        ]
    }

    /// - Parameter key: of the result that the picture shows: names all that it depends on.
    func entries(for instance: Instance, key: Digest) -> [FileMetadata] {
        let cell = Dictionary(
            instance.cell.coordinates.map { ($0.axis, $0.value) },
            uniquingKeysWith: { first, _ in first }
        )
        return common + [
            FileMetadata("pulid-run.node", instance.node),
            FileMetadata("pulid-run.cell", Value.map(cell).json),
            FileMetadata("pulid-run.key", key.hex),
        ]
    }
}

extension RunOptions {
    /// The recipe's path seen from the output folder, which a copy of both keeps; its name alone where the two have no
    /// folder in common.
    var recipeForReplay: String {
        let from = Self.components(out)
        let to = Self.components(recipe)
        let common = zip(from, to).prefix { $0 == $1 }.count
        // The first component is the root itself.
        guard common > 1 else { return to.last ?? "" }
        return (Array(repeating: "..", count: from.count - common) + to[common...]).joined(separator: "/")
    }

    private static func components(_ path: String) -> [String] {
        URL(fileURLWithPath: path).standardizedFileURL.pathComponents
    }
}
