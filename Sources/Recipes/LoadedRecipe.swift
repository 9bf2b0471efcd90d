import Graph

/// A recipe that has been read and found good.
public struct LoadedRecipe: Sendable {
    public let graph: ExecutionGraph
    public let description: String?
    /// What `--set` gave, each `name=value` in one spelling and in the order of the names, without those that say what
    /// the recipe says anyway: equal lists make equal outputs.
    public let settings: [String]
    /// Warnings, sorted by location.
    public let diagnostics: [Diagnostic]
    /// The files read, for rendering diagnostics, also those that come up when nodes run.
    public let sources: RecipeSources
    /// Of the files read, the recipe and those that it includes.
    public let recipeFiles: Set<String>
    public let outline: RecipeOutline
}

/// The recipe by node instead of by cell: what `graph` draws and `check` sums up.
public struct RecipeOutline: Sendable {
    public struct Axis: Sendable {
        public let name: String
        /// Each value once, in the order of the sweep; `include` may have added some at the end.
        public let values: [Value]
        /// The files in which values are written, as `LoadedRecipe.sources` names them: the recipe, or what it reads.
        public let files: Set<String>
    }

    public struct Node: Sendable {
        /// For a file given in place of a reference, `<node>.<port>`.
        public let name: String
        public let schema: NodeSchema
        /// The axes that the node depends on, in the order declared.
        public let axes: [String]
        /// How many instances it has; 0 for a node that no output or expectation needs.
        public let cells: Int
        public let inputs: [Edge]
        public let location: SourceLocation
    }

    public struct Edge: Sendable {
        public let port: String
        /// The name of the node read.
        public let node: String
        /// Whether a sweep is gathered.
        public let isGathered: Bool
    }

    public struct Output: Sendable {
        public let node: String
        public let isGathered: Bool
        /// The files, one for each cell.
        public let paths: [String]
    }

    public let axes: [Axis]
    /// In an order in which each node comes after those it reads.
    public let nodes: [Node]
    public let outputs: [Output]
}

extension RecipeOutline {
    init(recipe: CompiledRecipe, outputPaths: [[String]]) {
        axes = recipe.space.axes.map { axis in
            Axis(name: axis.name, values: axis.values.map(\.value), files: Set(axis.values.map(\.location.file)))
        }
        nodes = recipe.order.compactMap { index in
            let node = recipe.nodes[index]
            return node.schema.map { schema in
                Node(
                    name: node.name,
                    schema: schema,
                    axes: recipe.axisNames(node.axes),
                    cells: recipe.wanted.contains(index) ? recipe.space.count(of: node.axes) ?? 0 : 0,
                    inputs: node.ports.flatMap { port in
                        port.sources.map {
                            Edge(port: port.schema.name, node: recipe.nodes[$0.node].name, isGathered: $0.gathers)
                        }
                    },
                    location: node.location
                )
            }
        }
        outputs = zip(recipe.outputs, outputPaths).map { output, paths in
            Output(node: recipe.nodes[output.source.node].name, isGathered: output.source.gathers, paths: paths)
        }
    }
}
