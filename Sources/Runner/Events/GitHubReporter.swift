import Foundation
import Graph

/// For GitHub Actions: text as ever, problems as annotations beside the recipe's lines, and a summary of the job.
public final class GitHubReporter: Reporter {
    private let text: TextReporter
    private let console: Console
    private let render: RenderDiagnostics
    private let summaryFile: String?

    /// - Parameters:
    ///   - render: makes workflow commands of diagnostics.
    ///   - summaryFile: `$GITHUB_STEP_SUMMARY`.
    public init(
        console: Console,
        verbosity: Verbosity = .usual,
        text: @escaping RenderDiagnostics,
        render: @escaping RenderDiagnostics,
        summaryFile: String?
    ) {
        self.text = TextReporter(console: console, verbosity: verbosity, render: text)
        self.console = console
        self.render = render
        self.summaryFile = summaryFile
    }

    public func timePasses() { text.timePasses() }

    public func receive(_ event: RunEvent) {
        text.receive(event)
        switch event {
        case .failed(let failure): console.output(render([failure.diagnostic]))
        case .output(let output): if let failure = output.failure { console.output(render([failure])) }
        case .expectation(let report):
            if !report.isMet || report.isWarning { console.output(render([report.diagnostic])) }
        case .warning(let message): console.output("::warning::\(Self.escaped(message))\n")
        case .summary(let summary): append(Self.markdown(summary))
        case .planned, .started, .waiting, .progress, .finished, .cached, .blocked: break
        }
    }

    static func markdown(_ summary: RunSummary) -> String {
        var lines = ["### pulid-run", "", TextReporter.text(summary), ""]
        let problems =
            summary.failures.map { ("`\($0.title)` failed", $0.reason) }
            + summary.expectations.filter { !$0.isMet }.map { report in
                let place = report.name.cell.coordinates.isEmpty ? "" : " at \(report.name.place)"
                return ("`\(report.expectation.text)`\(place)", report.measured.map(TableText.number) ?? "not measured")
            }
        if !problems.isEmpty {
            lines += ["| problem | found |", "|---|---|"]
            lines += problems.map { "| \(cell($0.0)) | \(cell($0.1)) |" }
        }
        for group in summary.regressions {
            let fence = String(repeating: "`", count: 3)
            lines += ["", fence + "text", group.text.replacing(fence, with: "``") + fence]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
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
