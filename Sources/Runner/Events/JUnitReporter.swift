import Graph
import Synchronization

/// For test reports: the recipe is a suite; its expectations, its outputs and the nodes that failed are its cases.
/// The XML goes to the standard output when the run is over; until then it is text as ever.
public final class JUnitReporter: Reporter {
    private let text: TextReporter
    private let console: Console
    private let suite = Mutex(JUnitSuite(name: "pulid-run"))
    private let pictures: PicturePlaces?

    /// - Parameter pictures: where the pictures are that expectations measure.
    public init(
        console: Console,
        verbosity: Verbosity = .usual,
        text: @escaping RenderDiagnostics,
        pictures: PicturePlaces? = nil
    ) {
        self.pictures = pictures
        self.console = console
        self.text = TextReporter(console: console.withoutOutput, verbosity: verbosity, render: text)
    }

    public func timePasses() { text.timePasses() }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        suite.withLock { suite in
            switch event {
            case .planned(let recipe, _): suite.name = recipe
            case .failed(let failure): suite.add(failure.title, error: failure.diagnostic)
            case .output(let output): suite.add(output.path, error: output.failure)
            case .summary(let summary):
                // Only now it is known why pictures have changed.
                for report in summary.expectations { add(report, summary, to: &suite) }
                console.output(suite.xml(seconds: summary.seconds))
            case .skipped(let name, let cause, _):
                suite.add(name.title, skippedAs: "\(cause.title) has nothing to give")
            case .started, .waiting, .progress, .finished, .cached, .blocked, .measured, .warning, .expectation:
                break
            }
        }
    }

    private func add(_ report: ExpectationReport, _ summary: RunSummary, to suite: inout JUnitSuite) {
        let cell = report.name.cell.coordinates.isEmpty ? "" : " [\(report.name.place)]"
        let place = pictures?[report.name]
        let group = summary.regressions.first { group in group.members.contains { $0.baseline == place?.baseline } }
        suite.add(
            report.expectation.text + cell,
            failure: report.isMet ? nil : report.diagnostic,
            at: report.expectation.location,
            because: group.map { "changed by \($0.cause.text)\nto accept: \($0.command)" },
            files: place?.files ?? []
        )
    }
}
