import Foundation
import Recipes
import Runner

extension ReportFormat {
    /// For what is said beside a report: where that is for programs, nothing but errors.
    var consoleBeside: Console {
        self == .text ? Terminal.console : Console(output: { _ in }, error: { Terminal.error($0) })
    }

    /// The reporter for a recipe that has been read.
    func reporter(for recipe: LoadedRecipe) -> any Reporter {
        let renderer = DiagnosticRenderer(sources: recipe.sources, colour: Terminal.usesColour)
        let console = Terminal.console
        switch self {
        case .text: return TextReporter(console: console) { renderer.text($0) }
        case .json: return JSONReporter(console: console) { renderer.json($0) }
        case .github:
            return GitHubReporter(
                console: console,
                text: { renderer.text($0) },
                render: { renderer.github($0) },
                summaryFile: ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"]
            )
        case .junit: return JUnitReporter(console: console) { renderer.text($0) }
        }
    }
}
