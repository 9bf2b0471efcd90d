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
        // The standard output is for the XML alone.
        let quiet = Console(
            output: { _ in },
            error: console.error,
            isTerminal: console.isTerminal,
            columns: console.columns
        )
        self.text = TextReporter(console: quiet, verbosity: verbosity, render: text)
    }

    public func timePasses() { text.timePasses() }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        suite.withLock { suite in
            switch event {
            case .planned(let recipe, _): suite.name = recipe
            case .failed(let failure): suite.add(failure.title, error: failure.diagnostic)
            case .output(let output): suite.add(output.path, error: output.failure)
            case .expectation(let report):
                let place = report.name.cell.coordinates.isEmpty ? "" : " [\(report.name.place)]"
                let files = pictures?[report.name]?.files ?? []
                suite.add(
                    report.expectation.text + place,
                    failure: report.isMet ? nil : report.diagnostic,
                    files: files
                )
            case .summary(let summary): console.output(suite.xml(seconds: summary.seconds))
            case .skipped(let name, let cause, _):
                suite.add(name.title, skippedAs: "\(cause.title) has nothing to give")
            case .started, .waiting, .progress, .finished, .cached, .blocked, .measured, .warning: break
            }
        }
    }
}
