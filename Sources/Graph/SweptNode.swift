/// A node of a recipe with all its cells: what they have in common is held once, the rest in columns.
public final class SweptNode: Sendable {
    public let name: String
    public let schema: NodeSchema
    /// Where the recipe declares the node.
    public let location: SourceLocation
    /// Where the recipe gives each parameter or input that it gives.
    public let valueLocations: [String: SourceLocation]
    /// The parameters that are the same at every cell, defaults among them.
    public let constants: [String: Value]
    /// The other parameters.
    public let varying: [(name: String, values: Column<Value>)]
    /// By axis, in the order that the recipe declares them.
    public let coordinates: [Column<Cell.Coordinate>]
    /// By port, the sources that the recipe gives.
    public let inputs: [(port: String, sources: [InputColumn])]
    /// The varying parameters as the recipe writes them, with params put in: `a portrait, ${style}`.
    public let templates: [String: Value]
    /// By port, what the recipe writes: `$image[*]`; nothing for a file in place of a reference.
    public let references: [String: [String]]
    /// Whether the precision that the run chooses decides bits of its results.
    public var usesPrecision: Bool { schema.precision.holds(given: inputs.map(\.port)) }

    public init(
        name: String,
        schema: NodeSchema,
        location: SourceLocation,
        valueLocations: [String: SourceLocation],
        constants: [String: Value],
        varying: [(name: String, values: Column<Value>)],
        coordinates: [Column<Cell.Coordinate>],
        inputs: [(port: String, sources: [InputColumn])],
        templates: [String: Value] = [:],
        references: [String: [String]] = [:]
    ) {
        self.name = name
        self.schema = schema
        self.location = location
        self.valueLocations = valueLocations
        self.constants = constants
        self.varying = varying
        self.coordinates = coordinates
        self.inputs = inputs
        self.templates = templates
        self.references = references
    }
}
