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

    let recipe: LoadedRecipe
    let options: RunOptions
    let program: Program
    let started: Date
    let entries: [ReportEntry]

    public var graph: ExecutionGraph { recipe.graph }

    public init(_ recipe: LoadedRecipe, options: RunOptions, program: Program, started: Date = Date()) {
        self.recipe = recipe
        self.options = options
        self.program = program
        self.started = started
        entries = ReportEntry.all(in: recipe.graph, out: options.out)
    }
}
