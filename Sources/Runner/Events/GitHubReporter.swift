import Foundation
import Graph
import Recipes
import Synchronization

/// For GitHub Actions: text as ever, the worst problems as annotations beside the recipe's lines, and a summary of the job.
public final class GitHubReporter: Reporter {
    /// GitHub shows so many of a step.
    static let mostAnnotations = 10

    private let text: TextReporter
    private let console: Console
    private let render: RenderDiagnostics
    private let summaryFile: String?
    private let pictures: PicturePlaces?
    private let problems = Mutex<[Problem]>([])
    private let unwritten = Mutex(UnwrittenOutputs())
    private let warnings = Mutex(NodeWarnings())

    private struct Problem {
        /// The worst is the greatest.
        let severity: Double
        let diagnostic: Diagnostic
    }

    /// - Parameters:
    ///   - render: makes workflow commands of diagnostics.
    ///   - summaryFile: `$GITHUB_STEP_SUMMARY`.
    ///   - pictures: where the pictures are that expectations measure.
    public init(
        console: Console,
        verbosity: Verbosity = .usual,
        text: @escaping RenderDiagnostics,
        render: @escaping RenderDiagnostics,
        summaryFile: String?,
        pictures: PicturePlaces? = nil
    ) {
        self.text = TextReporter(console: console, verbosity: verbosity, render: text)
        self.console = console
        self.render = render
        self.summaryFile = summaryFile
        self.pictures = pictures
    }

    public func timePasses() { text.timePasses() }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        switch event {
        case .failed(let failure): note(failure.isMissingBaseline ? 1e9 : .infinity, failure.diagnostic)
        case .output(let output): if let failure = unwritten.withLock({ $0.note(output) }) { note(.infinity, failure) }
        case .warning(let message): warn(message)
        case .nodeWarning(let warning): if warnings.withLock({ $0.isNew(warning) }) { warn(warning.message) }
        case .summary(let summary):
            for report in summary.expectations {
                // A warning comes after all that is wrong.
                guard let excess = report.excess ?? (report.isWarning ? -1 : nil) else { continue }
                note(excess, diagnostic(report, summary))
            }
            for text in warnings.withLock({ $0.rest }) { warn(text) }
            annotate()
            append(RunMarkdown(summary, pictures: pictures).text)
        // Of expectations it is known only at the end why pictures have changed.
        case .planned, .started, .waiting, .progress, .finished, .cached, .blocked, .skipped, .measured, .expectation:
            break
        }
    }

    private func warn(_ message: String) { console.output("::warning::\(Self.escaped(message))\n") }

    private func note(_ severity: Double, _ diagnostic: Diagnostic) {
        problems.withLock { $0.append(Problem(severity: severity, diagnostic: diagnostic)) }
    }

    /// With the cause, and the files that are to be looked at.
    private func diagnostic(_ report: ExpectationReport, _ summary: RunSummary) -> Diagnostic {
        let diagnostic = report.diagnostic
        guard let place = pictures?[report.name] else { return diagnostic }
        let cause = summary.regression(against: place.baseline).map { "\($0.0.cause.predicate)\n" } ?? ""
        let picture = place.output.map { "picture: \($0)\n" } ?? ""
        return Diagnostic(
            diagnostic.severity,
            "\(diagnostic.message)\n\(cause)\(picture)baseline: \(place.baseline)",
            at: diagnostic.location,
            hint: diagnostic.hint
        )
    }

    private func annotate() {
        let all = problems.withLock { $0 }
        let worst = all.enumerated().sorted { ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset) }
        for (_, problem) in worst.prefix(Self.mostAnnotations) { console.output(render([problem.diagnostic])) }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private func append(_ markdown: String) {
        guard let summaryFile else { return }
        let isWritten = fopen(summaryFile, "a").map { file in
            let isWritten = fputs(markdown, file) >= 0
            return fclose(file) == 0 && isWritten
        }
        if isWritten != true {
            console.error("warning: \(summaryFile) cannot be written: \(String(cString: strerror(errno)))\n")
        }
    }
}
