import Graph
import Recipes

/// For test reports: the recipe is a suite; its cases are its expectations, what was skipped or not run, and what failed of
/// its nodes, of the files that were to be written, and of the run as a whole.
public struct JUnitReport: RunDocument {
    private var suite = JUnitSuite(name: "pulid-run")
    private let pictures: PicturePlaces?

    /// - Parameter pictures: where the pictures are that expectations measure.
    public init(pictures: PicturePlaces? = nil) { self.pictures = pictures }

    public mutating func receive(_ event: RunEvent) {
        switch event {
        case .planned(let recipe, _): suite.name = recipe
        case .failed(let failure): suite.add(failure.title, error: failure.diagnostic)
        case .output(let output): if let failure = output.failure { suite.add(output.path, error: failure) }
        case .skipped(let name, let cause, _):
            suite.add(name.title, skippedAs: "\(NotMade.nothingToGive(cause))")
        case .blocked(let name, let cause): suite.add(name.title, skippedAs: "\(NotMade.failed(cause))")
        // Of expectations it is known only at the end why pictures have changed.
        case .started, .waiting, .progress, .finished, .cached, .measured, .warning, .nodeWarning, .expectation,
            .summary:
            break
        }
    }

    public func text(_ summary: RunSummary) -> String {
        var suite = suite
        for report in summary.expectations { add(report, summary, to: &suite) }
        for unjudged in summary.unjudged {
            let expectation = unjudged.expectation
            suite.add(
                Self.title(expectation, of: unjudged.name),
                skippedAs: "\(unjudged.reason)",
                at: expectation.location
            )
        }
        addEnd(of: summary, to: &suite)
        return suite.xml(seconds: summary.seconds)
    }

    /// A run that did not end well is never all green, whatever there is of it.
    private func addEnd(of summary: RunSummary, to suite: inout JUnitSuite) {
        let status = summary.exitStatus
        if let failure = summary.page?.failure { suite.add(failure.message, error: failure) }
        guard summary.isInterrupted || (suite.isGreen && status != .success) else { return }
        let what = summary.isInterrupted ? "the run was interrupted" : "the run did not end well"
        let rest = summary.notRun > 0 ? ", and \(counted(summary.notRun, "node")) did not run" : ""
        let lost = summary.unkept > 0 ? ", and \(counted(summary.unkept, "result")) could not be kept" : ""
        let place = SourceLocation(file: suite.name, line: 0, column: 0)
        let message = "\(what) (exit status \(status.rawValue))\(rest)\(lost)"
        suite.add("the whole run", error: Diagnostic(.error, message, at: place))
    }

    private static func title(_ expectation: Expectation, of name: InstanceName) -> String {
        expectation.text + (name.cell.coordinates.isEmpty ? "" : " [\(name.place)]")
    }

    private func add(_ report: ExpectationReport, _ summary: RunSummary, to suite: inout JUnitSuite) {
        let place = pictures?[report.name]
        let because = summary.regression(against: place?.baseline).map { regression, group in
            let others = group.members.count - 1
            let what = others > 0 ? "to accept it and \(others) more with that cause" : "to accept"
            return "\(regression.cause.predicate)\n\(what): \(group.command)"
        }
        suite.add(
            Self.title(report.expectation, of: report.name),
            failure: report.isMet ? nil : report.diagnostic,
            at: report.expectation.location,
            because: because,
            files: place?.files ?? []
        )
    }
}
