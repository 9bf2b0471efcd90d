import Graph

/// A recipe that cannot be run, with everything that is wrong with it.
public struct RecipeError: Error, Sendable {
    /// Sorted by location; warnings are among them.
    public let diagnostics: [Diagnostic]
    /// The files read, for the source lines that a rendering shows.
    public let sources: RecipeSources

    public init(diagnostics: [Diagnostic], sources: RecipeSources) {
        self.diagnostics = diagnostics
        self.sources = sources
    }
}

extension RecipeError: CustomStringConvertible {
    public var description: String { DiagnosticRenderer(sources: sources).text(diagnostics) }
}
