import Foundation
import Graph
import Kernels
import Recipes
import Report
import Runner
import Store

/// Runs a graph against the cache until it is done or a signal ends it. Signals are heard from the beginning.
struct Execution {
    private let options: ExecutionOptions
    private let cancellation = Cancellation()
    private let interrupts: Interrupts

    /// - Throws: `TooFewThreads`.
    init(_ options: ExecutionOptions) throws {
        self.options = options
        interrupts = try Interrupts(cancellation, grace: options.grace)
    }

    var isInterrupted: Bool { cancellation.isRequested }

    /// What may change bits of what this run computes, as lock files name it.
    var baselineClass: String { Program.environment(options.numerics).baselineClass }

    /// - Parameters:
    ///   - report: a report on the run.
    ///   - missingBaseline: what a missing baseline comes to.
    ///   - after: is given the run when it is over.
    /// - Throws: `StoreError`; `UnknownNode`.
    func callAsFunction(
        _ graph: ExecutionGraph,
        _ runOptions: RunOptions,
        reporter: any Reporter,
        report: RunReport? = nil,
        missingBaseline: Runner.ExitStatus = .expectationFailed,
        after: (RecipeRun, RunSummary) throws -> Void = { _, _ in }
    ) throws -> Runner.ExitStatus {
        let resources = options.resources
        let threads = ResourceOptions.leastThreads(jobs: resources.jobs, width: resources.width)
        let store = try options.cache.open(threads: threads) { reporter.receive(.warning($0)) }
        defer { store.close() }
        let running = RunningNodes()
        interrupts.during(waitedFor: { running.names }, save: { store.flush() })
        let log = report.map { report in
            (report.log, report.begin(store) { [options] in try? options.cache.open(.readOnly) { _ in } })
        }
        let verdict = Verdict(Reporters([running, reporter]), report: log) { [interrupts] summary in
            summary.missingBaseline = missingBaseline
            summary.interruption = interrupts.exitStatus
        }
        var runOptions = runOptions
        runOptions.jobs = resources.jobs
        runOptions.givesReasons = options.verbosity == .verbose || report != nil
        runOptions.tellsMeasurements = report != nil
        let run = try RecipeRun(
            graph,
            store: store,
            options: runOptions,
            environment: Program.environment(
                options.numerics,
                threads: resources.width,
                copies: resources.copies
            ),
            cancellation: cancellation,
            residents: resources.residents,
            report: { verdict.receive($0) }
        )
        let start = Date()
        let heartbeat = Heartbeat { verdict.timePasses() }
        let ran = run.run()
        heartbeat.stop()
        let summary = verdict.summary ?? ran
        store.remember(RunRecord(summary, of: runOptions, started: start))
        try after(run, summary)
        return summary.exitStatus
    }
}
