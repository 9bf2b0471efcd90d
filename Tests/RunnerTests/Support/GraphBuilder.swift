import EngineTestSupport
import Graph

/// Makes execution graphs by hand, as the recipe checker would.
struct GraphBuilder {
    var name = "test"
    var file = "test.yaml"
    var parameters: [String: Value] = [:]
    var kinds = NodeRegistry.toys
    private(set) var instances: [Instance] = []
    private(set) var outputs: [Output] = []
    private(set) var expectations: [Expectation] = []

    /// - Returns: the instance's index.
    @discardableResult
    mutating func add(
        _ node: String,
        _ kind: String,
        at cell: [(String, Value)] = [],
        _ parameters: [String: Value] = [:],
        inputs: [String: [Int]] = [:]
    ) -> Int {
        guard let schema = kinds[kind] else { preconditionFailure("no toy node \(kind)") }
        var all: [String: Value] = [:]
        for parameter in schema.parameters {
            all[parameter.name] = parameters[parameter.name] ?? parameter.defaultValue
        }
        instances.append(
            Instance(
                node: node,
                cell: Cell(cell.map { Cell.Coordinate(axis: $0.0, value: $0.1) }),
                schema: schema,
                parameters: all,
                inputs: inputs,
                location: location(instances.count + 1),
                valueLocations: [:]
            )
        )
        return instances.count - 1
    }

    mutating func output(_ path: String, _ index: Int) {
        outputs.append(Output(path: path, source: .artifact(index), location: location(outputs.count + 100)))
    }

    mutating func table(_ path: String, _ indices: [Int]) {
        outputs.append(Output(path: path, source: .table(indices), location: location(outputs.count + 100)))
    }

    mutating func expect(_ index: Int, _ field: String, _ comparison: Expectation.Comparison, _ bound: Double) {
        expectations.append(
            Expectation(
                instance: index,
                field: field,
                comparison: comparison,
                bound: bound,
                text: "$\(instances[index].node).\(field) \(comparison.rawValue) \(bound)",
                location: location(expectations.count + 200)
            )
        )
    }

    var graph: ExecutionGraph {
        ExecutionGraph(
            name: name,
            file: file,
            parameters: parameters,
            instances: instances,
            outputs: outputs,
            expectations: expectations
        )
    }

    private func location(_ line: Int) -> SourceLocation { SourceLocation(file: file, line: line, column: 3) }
}
