import Graph
import Synchronization

/// A run as one document, which is whole when the run is over.
public protocol RunDocument: Sendable {
    mutating func receive(_ event: RunEvent)
    func text(_ summary: RunSummary) -> String
}

/// A document on the standard output when the run is over; until then it is text as ever.
public final class DocumentReporter<Document: RunDocument>: Reporter {
    private let text: TextReporter
    private let console: Console
    private let document: Mutex<Document>

    public init(
        _ document: Document,
        console: Console,
        verbosity: Verbosity = .usual,
        text: @escaping RenderDiagnostics
    ) {
        self.document = Mutex(document)
        self.console = console
        self.text = TextReporter(console: console.withoutOutput, verbosity: verbosity, render: text)
    }

    public func timePasses() { text.timePasses() }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        document.withLock { document in
            document.receive(event)
            if case .summary(let summary) = event { console.output(document.text(summary)) }
        }
    }
}
