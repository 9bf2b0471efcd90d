import Graph
import Recipes
import Runner

extension DiagnosticRenderer {
    /// Problems of a recipe: as text on the standard error, and in the forms of programs on the standard output.
    func show(_ diagnostics: [Diagnostic], format: ReportFormat) {
        guard !diagnostics.isEmpty else { return }
        switch format {
        case .text, .junit, .markdown: Terminal.error(text(diagnostics))
        case .json: Terminal.output(json(diagnostics))
        case .github:
            Terminal.error(text(diagnostics))
            Terminal.output(github(diagnostics))
        }
    }
}

extension LoadedRecipe {
    var renderer: DiagnosticRenderer { DiagnosticRenderer(sources: sources, colour: Terminal.usesColour) }

    /// Shows the recipe's warnings.
    func show(_ format: ReportFormat) { renderer.show(diagnostics, format: format) }
}
