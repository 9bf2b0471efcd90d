import Foundation
import Graph
import Kernels
import Nodes
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

    /// What may change bits of what this run computes, as lock files name it.
    var baselineClass: String { Program.environment(options.numerics).baselineClass }

    var isInterrupted: Bool { cancellation.isRequested }

    /// - Parameters:
    ///   - report: a report on the run.
    ///   - missingBaseline: what a missing baseline comes to.
    ///   - team: who trains together with this process.
    ///   - after: is given the run when it is over.
    /// - Throws: `StoreError`; `UnknownNode`.
    func callAsFunction(
        _ graph: ExecutionGraph,
        _ runOptions: RunOptions,
        reporter: any Reporter,
        report: RunReport? = nil,
        missingBaseline: Runner.ExitStatus = .expectationFailed,
        team: SharedTraining? = nil,
        after: (RecipeRun, RunSummary) throws -> Void = { _, _ in }
    ) throws -> Runner.ExitStatus {
        let resources = options.resources
        let threads = ResourceOptions.leastThreads(jobs: resources.jobs, width: resources.width)
        let warn: @Sendable (String) -> Void = { reporter.receive(.warning($0)) }
        let store = try options.cache.open(remote: options.remote.cache(warn: warn), threads: threads, warn: warn)
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
                copies: resources.copies,
                previews: try previews(reporter),
                team: team
            ),
            cancellation: cancellation,
            residents: resources.residents,
            report: { verdict.receive($0) }
        )
        let start = Date()
        let heartbeat = Heartbeat { verdict.timePasses() }
        let (last, ran) = run.runToItsEnd()
        heartbeat.stop()
        let summary = verdict.summary ?? ran
        store.remember(RunRecord(summary, of: runOptions, started: start))
        try after(last, summary)
        return summary.exitStatus
    }

    /// Runs with the first of a team what it says, until it is done.
    ///
    /// - Throws: `StoreError`; what hinders this process alone
    func follow(_ team: SharedTraining, _ graph: ExecutionGraph, _ runOptions: RunOptions) throws {
        let resources = options.resources
        let warn: @Sendable (String) -> Void = { Terminal.error("warning: \($0)\n") }
        let store = try options.cache.open(warn: warn)
        defer { store.close() }
        let run = try RecipeRun(
            graph,
            store: store,
            options: runOptions,
            environment: Program.environment(
                options.numerics,
                threads: resources.width,
                copies: resources.copies,
                team: team
            ),
            cancellation: cancellation,
            residents: resources.residents
        )
        try run.follow(team)
    }

    /// - Throws: what making a folder throws
    private func previews(_ reporter: any Reporter) throws -> (any Previews)? {
        guard let place = options.preview else { return nil }
        guard place == "terminal" else { return try PreviewFolder(place) }
        guard let graphics = TerminalGraphics.ofThisTerminal() else {
            reporter.receive(
                .warning("--preview terminal: no terminal says here that it shows pictures; name a folder for them")
            )
            return nil
        }
        return PreviewScreen(graphics, reporter)
    }
}
