import Graph
import Recipes

/// A division as `pulid-run plan --shards N` prints it: a row for each part.
public struct DivisionTable: CustomStringConvertible {
    private let division: Division
    private let graph: ExecutionGraph

    public init(_ division: Division, of graph: ExecutionGraph) {
        (self.division, self.graph) = (division, graph)
    }

    public var description: String {
        var lines = [["shard", "results", "run", "seconds", "from"]]
        let count = division.shards.count
        func row(_ name: String, _ part: Division.Part) -> [String] {
            let seconds = part.nodes == 0 ? "0" : Self.seconds(part.seconds)
            let first = part.targets.first.map { TerminalText(graph.instances[$0].title).escaped() } ?? ""
            return [name, "\(part.targets.count)", "\(part.nodes)", seconds] + (first.isEmpty ? [] : [first])
        }
        if division.shared.nodes > 0 { lines.append(row("0/\(count)", division.shared)) }
        for (place, part) in division.shards.enumerated() { lines.append(row("\(place + 1)/\(count)", part)) }
        if division.rest.nodes > 0 { lines.append(row("rest", division.rest)) }
        return "\(TextColumns(lines, right: [1, 2, 3]))"
    }

    /// For programs: a JSON object on a line for each part; 0 is what is shared, and `null` the rest.
    public var json: String {
        func line(_ number: Value, _ part: Division.Part) -> String {
            Value.map([
                "event": .string("shard"), "shard": number, "of": .integer(Int128(division.shards.count)),
                "to_run": .integer(Int128(part.nodes)), "seconds": .number(part.seconds),
                "results": .list(part.targets.map { .string(graph.instances[$0].title) }),
            ]).json + "\n"
        }
        let parts = ([division.shared] + division.shards).enumerated().map { line(.integer(Int128($0)), $1) }
        return parts.joined() + line(.null, division.rest)
    }

    private static func seconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return seconds < 10 ? "\(tenths / 10).\(tenths % 10)" : "\(Int(seconds.rounded()))"
    }
}
