import Foundation
import Recipes
import Runner

extension ReportFormat {
    /// The reporter for a recipe that has been read.
    ///
    /// - Parameter pictures: where the pictures are that expectations measure.
    func reporter(
        for recipe: LoadedRecipe,
        _ verbosity: Verbosity = .usual,
        pictures: PicturePlaces? = nil
    ) -> any Reporter {
        reporter(recipe.renderer, verbosity, Terminal.console, pictures: pictures)
    }

    func reporter(
        _ renderer: DiagnosticRenderer,
        _ verbosity: Verbosity,
        _ console: Console,
        pictures: PicturePlaces?
    ) -> any Reporter {
        func document(_ document: some RunDocument) -> any Reporter {
            DocumentReporter(document, console: console, verbosity: verbosity) { renderer.text($0) }
        }
        switch self {
        case .text: return TextReporter(console: console, verbosity: verbosity) { renderer.text($0) }
        case .json: return JSONReporter(console: console) { renderer.json($0) }
        case .github:
            return GitHubReporter(
                console: console,
                verbosity: verbosity,
                text: { renderer.text($0) },
                render: { renderer.github($0) },
                summaryFile: ProcessInfo.processInfo.environment["GITHUB_STEP_SUMMARY"],
                pictures: pictures
            )
        case .junit:
            return document(JUnitReport(pictures: pictures))
        case .markdown:
            return document(MarkdownReport(pictures: pictures))
        }
    }
}
