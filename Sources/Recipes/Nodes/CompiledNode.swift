import Graph

/// A node of the recipe, with its arguments looked up: what is the same for all its cells.
struct CompiledNode {
    struct Parameter {
        let schema: NodeSchema.Parameter
        let template: Template
    }

    struct Port {
        let schema: NodeSchema.Input
        let location: SourceLocation
        var sources: [Source]
    }

    /// The node's name; for a file given in place of a reference, `<node>.<port>`.
    let name: String
    let location: SourceLocation
    /// nil where the kind is unknown, which has been reported.
    let schema: NodeSchema?
    /// Those that the recipe gives.
    var parameters: [Parameter] = []
    var ports: [Port] = []
    /// Where each parameter and input is given.
    var valueLocations: [String: SourceLocation] = [:]
    /// The axes that its parameters mention.
    var mentioned = AxisSet()
    /// Those, and the axes of its inputs.
    var axes = AxisSet()
    /// Something about it has been reported that makes its cells or inputs unknown.
    var isBroken = false
    /// It reads a baseline, which need not be there yet.
    var readsBaseline = false
    /// Every parameter is given or has a default, and each that is given could be read.
    var hasAllParameters = true

    var sources: [Source] { ports.flatMap(\.sources) }
}

/// Which results of which node are read.
struct Source {
    let node: Int
    /// `[*]`
    let gathersAll: Bool
    /// `[axis=*]`
    let gathered: AxisSet
    /// `[axis=value]`, by index into the axis's values.
    let pins: [Int: Int]
    let reference: Reference?
    let location: SourceLocation

    init(node: Int, location: SourceLocation) {
        self.node = node
        gathersAll = false
        gathered = AxisSet()
        pins = [:]
        reference = nil
        self.location = location
    }

    init(node: Int, gathersAll: Bool, gathered: AxisSet, pins: [Int: Int], reference: Reference) {
        self.node = node
        self.gathersAll = gathersAll
        self.gathered = gathered
        self.pins = pins
        self.reference = reference
        location = reference.location
    }

    var gathers: Bool { gathersAll || !gathered.isEmpty }
    var pinned: AxisSet { AxisSet(pins.keys) }

    /// The axes that a reader gets from a node with these axes.
    func axesGiven(by axes: AxisSet) -> AxisSet {
        gathersAll ? AxisSet() : axes - gathered - pinned
    }

    /// The axes on which the node's cell and the reader's must agree.
    func sharedAxes(of node: AxisSet, reader: AxisSet) -> AxisSet { (node & reader) - gathered - pinned }
}
