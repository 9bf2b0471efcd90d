import Report
import Runner
import Synchronization

/// Decides how a run ended before anybody is told, so that what reporters say and what the process returns are one.
final class Verdict: Reporter {
    private let reporter: any Reporter
    private let report: (log: RunLog, files: ReportFiles)?
    private let decide: @Sendable (inout RunSummary) -> Void
    private let last = Mutex<RunSummary?>(nil)

    /// - Parameters:
    ///   - report: hears everything; its files are written last, of what was decided.
    ///   - decide: fills in what the run itself does not know.
    init(
        _ reporter: any Reporter,
        report: (log: RunLog, files: ReportFiles)? = nil,
        decide: @escaping @Sendable (inout RunSummary) -> Void
    ) {
        self.reporter = reporter
        self.report = report
        self.decide = decide
    }

    func receive(_ event: RunEvent) {
        guard case .summary(var summary) = event else {
            report?.log.receive(event)
            return reporter.receive(event)
        }
        decide(&summary)
        if let (log, files) = report {
            let pictures = files.pictures?.write(log.snapshot) ?? []
            for picture in pictures { reporter.receive(.output(picture)) }
            summary.outputs += pictures
            log.receive(.summary(summary))
            summary.page = files.page?.write(log.snapshot)
            if let page = summary.page { reporter.receive(.output(page)) }
        }
        last.withLock { [summary] in $0 = summary }
        reporter.receive(.summary(summary))
    }

    func timePasses() { reporter.timePasses() }

    /// nil before the end of the run.
    var summary: RunSummary? { last.withLock { $0 } }
}
