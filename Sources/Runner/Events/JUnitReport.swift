/// For test reports: the recipe is a suite; its cases are its expectations, what was skipped, and what failed of its nodes
/// and of the files that were to be written.
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
            suite.add(name.title, skippedAs: "\(cause.title) has nothing to give")
        // Of expectations it is known only at the end why pictures have changed.
        case .started, .waiting, .progress, .finished, .cached, .blocked, .measured, .warning, .nodeWarning,
            .expectation, .summary:
            break
        }
    }

    public func text(_ summary: RunSummary) -> String {
        var suite = suite
        for report in summary.expectations { add(report, summary, to: &suite) }
        return suite.xml(seconds: summary.seconds)
    }

    private func add(_ report: ExpectationReport, _ summary: RunSummary, to suite: inout JUnitSuite) {
        let cell = report.name.cell.coordinates.isEmpty ? "" : " [\(report.name.place)]"
        let place = pictures?[report.name]
        let because = summary.regression(against: place?.baseline).map { regression, group in
            let others = group.members.count - 1
            let what = others > 0 ? "to accept it and \(others) more with that cause" : "to accept"
            return "\(regression.cause.predicate)\n\(what): \(group.command)"
        }
        suite.add(
            report.expectation.text + cell,
            failure: report.isMet ? nil : report.diagnostic,
            at: report.expectation.location,
            because: because,
            files: place?.files ?? []
        )
    }
}
