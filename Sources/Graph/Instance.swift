/// One node at one cell of the sweep.
///
/// What a property gives is put together from the node's columns whenever it is asked for.
public struct Instance: Sendable {
    /// The node with all its cells.
    public let swept: SweptNode
    private let row: Int32

    /// - Parameter row: which of the node's cells.
    public init(_ swept: SweptNode, row: Int) {
        self.swept = swept
        self.row = Int32(row)
    }

    /// The same cell of a node that has the same cells.
    func moved(to swept: SweptNode) -> Instance { Instance(swept, row: Int(row)) }

    /// A node with one cell.
    public init(
        node: String,
        cell: Cell,
        schema: NodeSchema,
        parameters: [String: Value],
        inputs: [String: [Int]],
        location: SourceLocation,
        valueLocations: [String: SourceLocation]
    ) {
        let swept = SweptNode(
            name: node,
            schema: schema,
            location: location,
            valueLocations: valueLocations,
            constants: parameters,
            varying: [],
            coordinates: cell.coordinates.map { Column([$0], places: [0]) },
            inputs: inputs.sorted { $0.key < $1.key }.map { ($0.key, [InputColumn($0.value)]) }
        )
        self.init(swept, row: 0)
    }

    /// The node's name in the recipe; for a file given in place of a reference, `<node>.<port>`.
    public var node: String { swept.name }
    public var schema: NodeSchema { swept.schema }
    /// Where the recipe declares the node.
    public var location: SourceLocation { swept.location }
    /// Where the recipe gives each parameter or input that it gives.
    public var valueLocations: [String: SourceLocation] { swept.valueLocations }

    public var cell: Cell { Cell(swept.coordinates.map { $0[Int(row)] }) }

    /// The coordinates of the cell, each with the values that the axis has before and after it.
    public var coordinatesWithNeighbours: [(coordinate: Cell.Coordinate, neighbours: [Value])] {
        swept.coordinates.map { ($0[Int(row)], $0.neighbours(of: Int(row)).map(\.value)) }
    }

    /// The cell's coordinates one after the other, without a list of them.
    func forEachCoordinate(_ body: (Cell.Coordinate) -> Void) {
        for column in swept.coordinates { body(column[Int(row)]) }
    }

    /// Every parameter of the schema, defaults filled in; paths are absolute.
    public var parameters: [String: Value] {
        var parameters = swept.constants
        for (name, values) in swept.varying { parameters[name] = values[Int(row)] }
        return parameters
    }

    /// Those of the parameters that are not the same at every cell of the node, in the order of `SweptNode.varying`.
    public var varyingParameters: [Value] { swept.varying.map { $0.values[Int(row)] } }

    /// One of the parameters.
    public func parameter(_ name: String) -> Value? {
        swept.varying.first { $0.name == name }?.values[Int(row)] ?? swept.constants[name]
    }

    /// By port: indices into `ExecutionGraph.instances`, all lower than this instance's own.
    public var inputs: [String: [Int]] {
        var inputs: [String: [Int]] = [:]
        for (port, sources) in swept.inputs { inputs[port] = sources.flatMap { $0[Int(row)] } }
        return inputs
    }

    /// What is read on one port, as `inputs` has it, without the others; nil where the recipe gives nothing.
    public func inputs(of port: String) -> [Int]? {
        guard let sources = swept.inputs.first(where: { $0.port == port })?.sources else { return nil }
        return sources.count == 1 ? Array(sources[0][Int(row)]) : sources.flatMap { $0[Int(row)] }
    }

    /// `latent` or `latent[style=neon seed=1]`.
    public var title: String { swept.coordinates.isEmpty ? node : "\(node)[\(cell)]" }
}
