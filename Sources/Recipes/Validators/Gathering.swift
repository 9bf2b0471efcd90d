import Graph

/// Works out the axes of every node, and checks that each port is given one result or a sweep, as it takes.
struct Gathering {
    let plan: RecipePlan

    func check() {
        let ordered = Set(plan.order)
        for node in plan.nodes.indices where !ordered.contains(node) { plan.nodes[node].isBroken = true }
        for node in plan.order {
            var axes = plan.nodes[node].mentioned
            for source in plan.nodes[node].sources {
                axes.formUnion(source.axesGiven(by: plan.nodes[source.node].axes))
            }
            plan.nodes[node].axes = axes
            // What a broken node depends on is not fully known: nothing more is said about its readers' sweeps.
            if plan.nodes[node].sources.contains(where: { plan.nodes[$0.node].isBroken }) {
                plan.nodes[node].isBroken = true
            }
        }
        for node in plan.order {
            guard let schema = plan.nodes[node].schema else { continue }
            for port in plan.nodes[node].ports {
                for source in port.sources where !plan.nodes[source.node].isBroken {
                    let owner = "\(code(port.schema.name)) of \(code(schema.name))"
                    let isGood = checkAxes(of: source) && check(source, for: port.schema, owner: owner)
                    if !isGood { plan.nodes[node].isBroken = true }
                }
            }
        }
    }

    /// The axes picked and gathered must be the node's.
    func checkAxes(of source: Source) -> Bool {
        guard let reference = source.reference else { return true }
        let read = plan.nodes[source.node]
        let foreign = (source.pinned | source.gathered) - read.axes
        for axis in plan.axisNames(foreign) {
            let place = (reference.pins.map(\.axis) + reference.gathered).first { $0.text == axis }
            plan.diagnostics.error(
                "\(code(read.name)) is the same for every \(code(axis))",
                at: place?.location ?? source.location,
                hint: read.axes.isEmpty
                    ? "write `$\(read.name)`" : "it depends on \(enumeration(plan.axisNames(read.axes)))"
            )
        }
        return foreign.isEmpty
    }

    private func check(_ source: Source, for port: NodeSchema.Input, owner: String) -> Bool {
        let read = plan.nodes[source.node]
        let kind = port.artifact.kind
        switch port.arity {
        case .one, .optional:
            guard source.gathers else { return true }
            plan.diagnostics.error(
                "\(owner) takes one \(kind), but this gathers a sweep",
                at: source.location,
                hint: read.axes.isEmpty
                    ? "write `$\(read.name)`"
                    : "write `$\(read.name)` to run once for each \(enumeration(plan.axisNames(read.axes)))"
            )
            return false
        case .list, .anyNumber: return true
        case .gathered:
            let extra = read.axes - source.pinned
            guard !source.gathers, !extra.isEmpty else { return true }
            plan.diagnostics.error(
                "\(owner) takes a sweep, but \(code(read.name)) is one \(kind) for each "
                    + enumeration(plan.axisNames(extra)),
                at: source.location,
                hint: "write `$\(read.name)[*]`"
            )
            return false
        }
    }
}
