import Graph

/// Works out the axes of every node, and checks that each port is given one result or a sweep, as it takes.
struct Gathering {
    let recipe: CompiledRecipe

    func check() {
        let ordered = Set(recipe.order)
        for node in recipe.nodes.indices where !ordered.contains(node) { recipe.nodes[node].isBroken = true }
        findAxes()
        if lendZippedAxes() { findAxes() }
        checkPorts()
    }

    private func findAxes() {
        for node in recipe.order {
            var axes = recipe.nodes[node].mentioned
            for source in recipe.nodes[node].sources {
                axes.formUnion(source.axesGiven(by: recipe.nodes[source.node].axes))
            }
            recipe.nodes[node].axes = axes
            // What a broken node depends on is not fully known: nothing more is said about its readers' sweeps.
            if recipe.nodes[node].sources.contains(where: { recipe.nodes[$0.node].isBroken }) {
                recipe.nodes[node].isBroken = true
            }
        }
    }

    /// `rows: name`, where `name` is zipped with an axis of the pictures that are gathered: these are then told apart by it too.
    ///
    /// - Returns: whether there is such a node
    private func lendZippedAxes() -> Bool {
        var isFound = false
        for node in recipe.order {
            for name in axesNamed(by: recipe.nodes[node]) {
                guard let axis = recipe.scope.axes[name], !recipe.space.axes[axis].isBroken else { continue }
                for source in recipe.nodes[node].ports.flatMap(\.sources) where source.gathersAll {
                    let axes = recipe.nodes[source.node].axes
                    guard !axes.contains(axis), !(recipe.space.group(of: axis) & axes).isEmpty else { continue }
                    recipe.nodes[source.node].mentioned.formUnion(AxisSet(axis))
                    _ = recipe.scope.meaning(of: name)
                    isFound = true
                }
            }
        }
        return isFound
    }

    /// The axes that parameters of a node name.
    private func axesNamed(by node: CompiledNode) -> [String] {
        node.parameters.filter(\.schema.form.takesAxis).flatMap { parameter -> [String] in
            switch parameter.template.constant?.value {
            case .string(let name)?: [name]
            case .list(let items)?: items.compactMap { if case .string(let name) = $0 { name } else { nil } }
            default: []
            }
        }
    }

    private func checkPorts() {
        for node in recipe.order {
            guard let schema = recipe.nodes[node].schema else { continue }
            for port in recipe.nodes[node].ports {
                for source in port.sources where !recipe.nodes[source.node].isBroken {
                    let owner = "\(code(port.schema.name)) of \(code(schema.name))"
                    let isGood = checkAxes(of: source) && check(source, for: port.schema, owner: owner)
                    if !isGood { recipe.nodes[node].isBroken = true }
                }
            }
        }
    }

    /// The axes picked and gathered must be the node's.
    func checkAxes(of source: Source) -> Bool {
        guard let reference = source.reference else { return true }
        let read = recipe.nodes[source.node]
        let foreign = (source.pinned | source.gathered) - read.axes
        for axis in recipe.axisNames(foreign) {
            let place = (reference.pins.map(\.axis) + reference.gathered).first { $0.text == axis }
            recipe.diagnostics.error(
                "\(code(read.name)) is the same for every \(code(axis))",
                at: place?.location ?? source.location,
                hint: read.axes.isEmpty
                    ? "write `$\(read.name)`" : "it depends on \(enumeration(recipe.axisNames(read.axes)))"
            )
        }
        return foreign.isEmpty
    }

    private func check(_ source: Source, for port: NodeSchema.Input, owner: String) -> Bool {
        let read = recipe.nodes[source.node]
        let kind = port.artifact.kind
        switch port.arity {
        case .one, .optional:
            guard source.gathers else { return true }
            recipe.diagnostics.error(
                "\(owner) takes one \(kind), but this gathers a sweep",
                at: source.location,
                hint: read.axes.isEmpty
                    ? "write `$\(read.name)`"
                    : "write `$\(read.name)` to run once for each \(enumeration(recipe.axisNames(read.axes)))"
            )
            return false
        case .list, .anyNumber: return true
        case .gathered:
            let extra = read.axes - source.pinned
            guard !source.gathers, !extra.isEmpty else { return true }
            recipe.diagnostics.error(
                "\(owner) takes a sweep, but \(code(read.name)) is one \(kind) for each "
                    + enumeration(recipe.axisNames(extra)),
                at: source.location,
                hint: "write `$\(read.name)[*]`"
            )
            return false
        }
    }
}
