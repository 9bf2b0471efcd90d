import Graph

/// A recipe between syntax and graph: every name looked up, nothing repeated by cell yet. The validators read it and
/// report to `diagnostics`.
final class CompiledRecipe {
    let registry: NodeRegistry
    let scope: Scope
    let space: CellSpace
    let sources: RecipeSources
    let files: FileIndex
    let diagnostics: DiagnosticCollector

    /// As declared, followed by the loaders of files given in place of references.
    var nodes: [CompiledNode] = []
    /// By the name of an axis that is a column: the table's name in the recipe.
    var tableOfColumn: [String: Scalar] = [:]
    /// Declared nodes only.
    var index: [String: Int] = [:]
    /// Declared nodes by the artifact they make.
    private(set) lazy var makers: [ObjectIdentifier: [String]] = nodes.prefix(index.count).reduce(into: [:]) {
        if let schema = $1.schema { $0[ObjectIdentifier(schema.output), default: []].append($1.name) }
    }
    /// Every node after those it reads; nodes on circles, and what depends on them, are left out.
    var order: [Int] = []
    /// Nodes that an output or expectation needs; all nodes if there are neither.
    var wanted: Set<Int> = []
    var outputs: [CompiledOutput] = []
    /// Names of outputs of which it is not known what goes into them.
    var namesAlone: [OutputName] = []
    var expectations: [CompiledExpectation] = []

    init(
        registry: NodeRegistry,
        scope: Scope,
        space: CellSpace,
        sources: RecipeSources,
        files: FileIndex,
        diagnostics: DiagnosticCollector
    ) {
        self.registry = registry
        self.scope = scope
        self.space = space
        self.sources = sources
        self.files = files
        self.diagnostics = diagnostics
    }

    /// The absolute folder from which a path written in `origin` starts.
    func folder(of origin: String) -> String { sources[origin]?.folder ?? files.files.workingFolder }

    func axisNames(_ axes: AxisSet) -> [String] { axes.indices.map { space.axes[$0].name } }

    /// Whether an axis's values could not be read, so that nothing can be said about values that mention it.
    func mentionsBrokenAxis(_ axes: AxisSet) -> Bool { axes.indices.contains { space.axes[$0].isBroken } }
}

/// The left side of a line of `outputs`.
struct OutputName {
    let path: Template
    /// As the recipe writes it, with the names that are inserted.
    let pieces: [WrittenScalar.Piece]
    let location: SourceLocation
}

/// A line of `outputs`.
struct CompiledOutput {
    let name: OutputName
    let source: Source
    /// Those of the path, and those of the node unless it is gathered.
    var axes = AxisSet()
}

/// A line of `expect`.
struct CompiledExpectation {
    let source: Source
    let field: Name
    let comparison: Expectation.Comparison
    let bound: Template
    let warning: Template?
    var axes = AxisSet()
    let text: String
    let location: SourceLocation
}
