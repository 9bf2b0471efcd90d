import Foundation
import Graph
import Recipes
import Store

/// A division as whoever divides the work hands it to all shards, so that what is missing is divided by what was measured,
/// and every shard, whenever it starts, takes the same part: JSON.
///
/// It says which cells are whose and nothing of what they are made of. It fits as long as the recipe has the same nodes and
/// cells; a shard computes them as the recipe then says.
public struct DivisionFile: Sendable {
    private struct Content: Codable {
        let recipe: String
        let cells: String
        let division: Division
    }

    private let path: String
    private let content: Content

    /// As it was written, for whatever recipe.
    public var division: Division { content.division }

    /// Beyond any division.
    private static let mostBytes: Int64 = 256 << 20

    /// - Throws: `DivisionError`.
    public init(path: String) throws {
        self.path = path
        guard let file = FileIdentity(path: path), file.size <= Self.mostBytes,
            let data = FileManager.default.contents(atPath: path)
        else { throw DivisionError.unreadable(path) }
        guard let content = try? JSONDecoder().decode(Content.self, from: data) else {
            throw DivisionError.noDivision(path)
        }
        self.content = content
    }

    /// - Throws: `SystemError`.
    public static func write(_ division: Division, of graph: ExecutionGraph, to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = Content(recipe: graph.name, cells: Self.cells(of: graph).hex, division: division)
        let bytes = Array(try encoder.encode(content)) + [UInt8(ascii: "\n")]
        try WholeFile(path).replace { writer in try bytes.withUnsafeBytes { try writer.write($0) } }
    }

    /// - Throws: `DivisionError`.
    func division(of graph: ExecutionGraph, into count: Int) throws -> Division {
        let division = content.division
        guard content.cells == Self.cells(of: graph).hex else {
            throw DivisionError.otherRecipe(path, recipe: content.recipe)
        }
        guard division.shards.count == count else {
            throw DivisionError.otherCount(path, asked: count, found: division.shards.count)
        }
        let targets = ([division.shared, division.rest] + division.shards).flatMap(\.targets)
        guard targets.allSatisfy(graph.instances.indices.contains) else { throw DivisionError.noDivision(path) }
        return division
    }

    /// Names all that a graph's indices mean.
    private static func cells(of graph: ExecutionGraph) -> Digest {
        var encoder = CanonicalEncoder()
        for instance in graph.instances {
            encoder.append(.string(instance.node))
            encoder.append(.string(instance.schema.name))
            encoder.append(instance.cell)
        }
        return Digest(of: encoder.bytes)
    }
}

/// A division that is of no use.
public enum DivisionError: Error, Hashable, CustomStringConvertible {
    case unreadable(String)
    case noDivision(String)
    case otherRecipe(String, recipe: String)
    case otherCount(String, asked: Int, found: Int)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .noDivision(let path):
            "\(path) is no division; `pulid-run plan RECIPE --shards N --division FILE` writes one"
        case .otherRecipe(let path, let recipe):
            "\(path) divides the recipe `\(recipe)` as it was: its nodes, cells or settings have changed since; "
                + "`pulid-run plan RECIPE --shards N --division FILE` divides it anew"
        case .otherCount(let path, let asked, let found):
            "\(path) has \(counted(found, "shard")), and one of \(asked) is asked for"
        }
    }
}
