import Graph

extension RecipeRun {
    /// The pictures that are no longer like their baselines or have none, by cause.
    func regressions(_ reports: [ExpectationReport]) -> [RegressionGroup] {
        let baselines = graph.baselines
        guard !baselines.isEmpty else { return [] }
        let unmet = Dictionary(grouping: reports.filter { !$0.isMet }) { $0.expectation.instance }
        let missing = Set(state.withLock { $0.failures.filter { $1.isMissingBaseline } }.keys)
        var regressions: [Regression] = []
        for baseline in baselines {
            let findings = unmet[baseline.measures] ?? []
            guard !findings.isEmpty || missing.contains(baseline.reader) else { continue }
            let cause: RegressionCause
            if missing.contains(baseline.reader) {
                cause = RegressionCause(.new)
            } else {
                let key = BaselineLock.relative(baseline.path, to: options.recipe)
                cause = RegressionCause(
                    of: trace(of: baseline.measured),
                    against: options.lock?.entries[key] ?? [],
                    numerics: baselineClass
                )
            }
            regressions.append(
                Regression(
                    name: InstanceName(graph.instances[baseline.measured]),
                    location: findings.first?.expectation.location ?? graph.instances[baseline.reader].location,
                    baseline: pathFromHere(baseline.path),
                    findings: findings.map { report in
                        Regression.Finding(
                            field: report.expectation.field,
                            comparison: report.expectation.comparison,
                            bound: report.expectation.bound,
                            measured: report.measured
                        )
                    },
                    cause: cause
                )
            )
        }
        return RegressionGroup.groups(of: regressions, accept: accept)
    }
}
