import Foundation
import Graph
import Recipes
import Runner

/// What a report is about, all of it known before the run begins.
public struct ReportSubject: Sendable {
    public struct Program: Sendable, Encodable {
        let version: String
        let numerics: String
        let precision: String

        public init(version: String, numerics: String, precision: String) {
            self.version = version
            self.numerics = numerics
            self.precision = precision
        }
    }

    /// The recipe's files.
    let sources: RecipeSources
    let description: String?
    /// The recipe's, with what else is accepted for its baselines.
    public let graph: ExecutionGraph
    let options: RunOptions
    let program: Program
    let started: Date
    let entries: [ReportEntry]
    /// Why there is no run.
    let obstacles: [Diagnostic]

    /// - Parameter graph: what is run, if that is not the recipe's own.
    public init(
        _ recipe: LoadedRecipe,
        graph: ExecutionGraph? = nil,
        options: RunOptions,
        program: Program,
        started: Date = Date()
    ) {
        let graph = graph ?? recipe.graph
        sources = recipe.sources
        description = recipe.description
        obstacles = []
        self.graph = graph
        self.options = options
        self.program = program
        self.started = started
        entries = ReportEntry.all(in: graph, out: options.out)
    }

    /// A recipe that cannot be run.
    ///
    /// - Parameter file: the recipe's, as the user named it.
    public init(
        _ obstacles: [Diagnostic],
        of file: String,
        sources: RecipeSources,
        options: RunOptions,
        program: Program,
        started: Date = Date()
    ) {
        self.obstacles = obstacles
        self.sources = sources
        description = nil
        graph = ExecutionGraph(
            name: ((file as NSString).lastPathComponent as NSString).deletingPathExtension,
            file: file,
            parameters: [:],
            instances: [],
            outputs: [],
            expectations: []
        )
        self.options = options
        self.program = program
        self.started = started
        entries = []
    }
}
