import Graph

/// For summaries of build servers: Markdown on the standard output when the run is over; until then it is text as ever.
public final class MarkdownReporter: Reporter {
    private let text: TextReporter
    private let console: Console
    private let pictures: PicturePlaces?

    /// - Parameter pictures: where the pictures are that expectations measure.
    public init(
        console: Console,
        verbosity: Verbosity = .usual,
        text: @escaping RenderDiagnostics,
        pictures: PicturePlaces? = nil
    ) {
        self.console = console
        self.pictures = pictures
        self.text = TextReporter(console: console.withoutOutput, verbosity: verbosity, render: text)
    }

    public func timePasses() { text.timePasses() }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        if case .summary(let summary) = event { console.output(RunMarkdown(summary, pictures: pictures).text) }
    }
}
