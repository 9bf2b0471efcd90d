import Graph

/// Repeats each node for its cells and links the instances: the last step. Of a recipe with errors there are the nodes whose
/// cells are known.
struct Elaborator {
    let recipe: CompiledRecipe
    /// By node.
    let parameters: [Int: CheckedParameters]
    private var firstInstance: [Int: Int] = [:]
    private(set) var instances: [Instance] = []
    /// Nodes with parameters that could not be read.
    private var lacking: Set<ObjectIdentifier> = []
    private var inputs: InputCount

    init(recipe: CompiledRecipe, parameters: [Int: CheckedParameters], mostInputs: Int) {
        self.recipe = recipe
        self.parameters = parameters
        inputs = InputCount(most: mostInputs)
    }

    /// Fills `instances`; a cell that is picked but excluded is reported.
    mutating func addNodes() {
        for node in recipe.order where recipe.wanted.contains(node) { add(node) }
    }

    /// Whether the cells of a node are known.
    private func has(_ node: Int) -> Bool { firstInstance[node] != nil }

    /// Whether the parameters of a node are known.
    func isComplete(_ swept: SweptNode) -> Bool { !lacking.contains(ObjectIdentifier(swept)) }

    private mutating func add(_ index: Int) {
        let node = recipe.nodes[index]
        guard let schema = node.schema, !node.isBroken, node.sources.allSatisfy({ has($0.node) }),
            !recipe.mentionsBrokenAxis(node.axes), recipe.space.count(of: node.axes) != nil
        else { return }
        let checked = parameters[index] ?? CheckedParameters(constant: [:])
        let table = recipe.space.table(of: node.axes)
        let swept = SweptNode(
            name: node.name,
            schema: schema,
            location: node.location,
            valueLocations: node.valueLocations,
            constants: checked.constant,
            varying: checked.varying.map { parameter in
                let places = recipe.space.projection(from: node.axes, to: parameter.axes)
                return (parameter.name, Column(parameter.values, places: places))
            },
            coordinates: zip(table.axes, table.columns).map { Column(recipe.space.coordinates[$0], places: $1) },
            inputs: node.ports.map { port in
                (port.schema.name, port.sources.map { column(of: $0, reader: node.axes) })
            },
            templates: Dictionary(
                node.parameters.filter { !$0.template.axes.isEmpty }.map {
                    ($0.schema.name, $0.template.written(recipe.space.axes))
                },
                uniquingKeysWith: { first, _ in first }
            ),
            references: Dictionary(
                node.ports.map { ($0.schema.name, $0.sources.compactMap { $0.written(recipe) }) },
                uniquingKeysWith: { first, _ in first }
            )
        )
        if parameters[index] == nil { lacking.insert(ObjectIdentifier(swept)) }
        firstInstance[index] = instances.count
        for cell in 0..<table.count { instances.append(Instance(swept, row: cell)) }
    }

    /// What a source gives each cell of a reader.
    private mutating func column(of source: Source, reader: AxisSet) -> InputColumn {
        let read = recipe.nodes[source.node]
        let table = recipe.space.table(of: read.axes)
        let shared = source.sharedAxes(of: read.axes, reader: reader)
        let groups = recipe.space.table(of: shared)
        var groupOfInstance: [Int32?] = recipe.space.projection(from: read.axes, to: shared)
        for (axis, value) in source.pins {
            for cell in 0..<table.count where table.value(of: axis, at: cell) != value { groupOfInstance[cell] = nil }
        }
        let places = recipe.space.projection(from: reader, to: shared)
        let column = InputColumn(
            first: firstInstance[source.node] ?? 0,
            groupOfInstance: groupOfInstance,
            groups: groups.count,
            places: places
        )
        if !source.pins.isEmpty, let empty = places.indices.first(where: { column[$0].isEmpty }) {
            let picked = source.pins.sorted { $0.key < $1.key }.map { axis, value in
                "\(recipe.space.axes[axis].name)=\(recipe.space.axes[axis].values[value].value)"
            }
            let rest = recipe.space.name(of: Int(places[empty]), in: groups).description
            let cell = (picked + (rest.isEmpty ? [] : [rest])).joined(separator: " ")
            recipe.diagnostics.error(
                "\(code(read.name)) has no cell \(code(cell)): the sweep excludes it",
                at: source.location
            )
        }
        inputs.add(column.total, to: places.count, of: source, recipe: recipe)
        return column
    }

    /// The files at each cell; none once there are too many results to hand on.
    mutating func outputs(_ output: CompiledOutput, names: [(path: String, isTable: Bool)]) -> [Output] {
        let column = column(of: output.source, reader: output.axes)
        guard !inputs.isExceeded else { return [] }
        return names.enumerated().compactMap { cell, name in
            guard let first = column[cell].first else { return nil }
            return Output(
                path: name.path,
                source: name.isTable ? .table(Array(column[cell])) : .artifact(first),
                location: output.name.location
            )
        }
    }

    mutating func expectations(_ expectation: CompiledExpectation, bounds: [ExpectationBound]) -> [Expectation] {
        let column = column(of: expectation.source, reader: expectation.axes)
        return bounds.enumerated().compactMap { cell, bound in
            column[cell].first.map {
                Expectation(
                    instance: $0,
                    field: expectation.field.text,
                    comparison: expectation.comparison,
                    bound: bound.fails,
                    warning: bound.warns,
                    text: expectation.text,
                    location: expectation.location
                )
            }
        }
    }
}
