import Graph

/// Repeats each node for its cells and links the instances: the last step, on a recipe without errors.
struct Elaborator {
    let recipe: CompiledRecipe
    /// By node.
    let parameters: [Int: CheckedParameters]
    private var firstInstance: [Int: Int] = [:]
    private(set) var instances: [Instance] = []

    init(recipe: CompiledRecipe, parameters: [Int: CheckedParameters]) {
        self.recipe = recipe
        self.parameters = parameters
    }

    /// Fills `instances`; a cell that is picked but excluded is reported.
    mutating func addNodes() {
        for node in recipe.order where recipe.wanted.contains(node) { add(node) }
    }

    private mutating func add(_ index: Int) {
        let node = recipe.nodes[index]
        guard let schema = node.schema, let checked = parameters[index] else { return }
        let table = recipe.space.table(of: node.axes)
        let columns = checked.varying.map { ($0, recipe.space.projection(from: node.axes, to: $0.axes)) }
        let ports = node.ports.map { port in
            (port.schema.name, port.sources.map { link($0, reader: node.axes) })
        }
        firstInstance[index] = instances.count
        instances.reserveCapacity(instances.count + table.count)
        for cell in 0..<table.count {
            var parameters = checked.constant
            for (column, cells) in columns { parameters[column.name] = column.values[cells[cell]] }
            var inputs: [String: [Int]] = [:]
            for (name, links) in ports {
                inputs[name] =
                    links.count == 1 ? links[0].instances(at: cell) : links.flatMap { $0.instances(at: cell) }
            }
            instances.append(
                Instance(
                    node: node.name,
                    cell: table.names[cell],
                    schema: schema,
                    parameters: parameters,
                    inputs: inputs,
                    location: node.location,
                    valueLocations: node.valueLocations
                )
            )
        }
    }

    /// For every cell of a reader, the instances that a source gives it.
    struct Link {
        /// The reader's cell to an index into `groups`.
        let projection: [Int]
        let groups: [[Int]]

        func instances(at cell: Int) -> [Int] { groups[projection[cell]] }
    }

    func link(_ source: Source, reader: AxisSet) -> Link {
        let read = recipe.nodes[source.node]
        let first = firstInstance[source.node] ?? 0
        let table = recipe.space.table(of: read.axes)
        let shared = source.sharedAxes(of: read.axes, reader: reader)
        var groups: [[Int]] = Array(repeating: [], count: recipe.space.table(of: shared).count)
        let places = recipe.space.projection(from: read.axes, to: shared)
        let pins = source.pins.map { axis, value in (table.axes.firstIndex(of: axis) ?? 0, value) }
        for cell in 0..<table.count where pins.allSatisfy({ table.cells[cell][$0.0] == $0.1 }) {
            groups[places[cell]].append(first + cell)
        }
        let projection = recipe.space.projection(from: reader, to: shared)
        if !source.pins.isEmpty, let empty = projection.first(where: { groups[$0].isEmpty }) {
            let picked = source.pins.sorted { $0.key < $1.key }.map { axis, value in
                "\(recipe.space.axes[axis].name)=\(recipe.space.axes[axis].values[value].value)"
            }
            let rest = recipe.space.table(of: shared).names[empty].description
            let cell = (picked + (rest.isEmpty ? [] : [rest])).joined(separator: " ")
            recipe.diagnostics.error(
                "\(code(read.name)) has no cell \(code(cell)): the sweep excludes it",
                at: source.location
            )
        }
        return Link(projection: projection, groups: groups)
    }

    func outputs(_ output: CompiledOutput, names: [(path: String, isTable: Bool)]) -> [Output] {
        let link = link(output.source, reader: output.axes)
        return names.enumerated().compactMap { cell, name in
            let instances = link.instances(at: cell)
            guard let first = instances.first else { return nil }
            return Output(
                path: name.path,
                source: name.isTable ? .table(instances) : .artifact(first),
                location: output.location
            )
        }
    }

    func expectations(_ expectation: CompiledExpectation, bounds: [Double]) -> [Expectation] {
        let link = link(expectation.source, reader: expectation.axes)
        return bounds.enumerated().compactMap { cell, bound in
            link.instances(at: cell).first.map {
                Expectation(
                    instance: $0,
                    field: expectation.field.text,
                    comparison: expectation.comparison,
                    bound: bound,
                    text: expectation.text,
                    location: expectation.location
                )
            }
        }
    }
}
