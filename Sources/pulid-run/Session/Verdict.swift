import Runner
import Synchronization

/// Decides how a run ended before anybody is told, so that what reporters say and what the process returns are one.
final class Verdict: Reporter {
    private let reporter: any Reporter
    private let page: RunPageFile?
    private let decide: @Sendable (inout RunSummary) -> Void
    private let last = Mutex<RunSummary?>(nil)

    /// - Parameters:
    ///   - page: written last, of what was decided.
    ///   - decide: fills in what the run itself does not know.
    init(_ reporter: any Reporter, page: RunPageFile?, decide: @escaping @Sendable (inout RunSummary) -> Void) {
        self.reporter = reporter
        self.page = page
        self.decide = decide
    }

    func receive(_ event: RunEvent) {
        guard case .summary(var summary) = event else { return reporter.receive(event) }
        decide(&summary)
        if let page {
            let report = page.write(summary)
            summary.page = report
            reporter.receive(.output(report))
        }
        last.withLock { [summary] in $0 = summary }
        reporter.receive(.summary(summary))
    }

    func timePasses() { reporter.timePasses() }

    /// nil before the end of the run.
    var summary: RunSummary? { last.withLock { $0 } }
}
