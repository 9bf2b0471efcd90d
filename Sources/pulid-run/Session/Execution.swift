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
    private let command: RunRecord.Command
    private let cancellation = Cancellation()
    private let interrupts: Interrupts

    /// - Parameter command: what the history calls it.
    /// - Throws: `TooFewThreads`.
    init(_ options: ExecutionOptions, as command: RunRecord.Command = .run) throws {
        self.options = options
        self.command = command
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
        let warn: @Sendable (String) -> Void = { reporter.receive(.warning($0)) }
        let store = try openStore(remote: options.remote.cache(warn: warn), warn: warn)
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
        runOptions.command = command
        runOptions.jobs = options.resources.jobs
        runOptions.givesReasons = options.verbosity == .verbose || report != nil
        runOptions.tellsMeasurements = report != nil
        let run = try recipeRun(graph, runOptions, store, previews: previews(reporter), team: team) {
            verdict.receive($0)
        }
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
        // What others computed the first of the team asks for.
        let store = try openStore { Terminal.error("warning: \($0)\n") }
        defer { store.close() }
        try recipeRun(graph, runOptions, store, team: team) { _ in }.follow(team)
    }

    private func openStore(
        remote: RemoteCache? = nil,
        warn: @escaping @Sendable (String) -> Void
    ) throws -> ResultStore {
        let threads = ResourceOptions.leastThreads(jobs: options.resources.jobs, width: options.resources.width)
        return try options.cache.open(remote: remote, threads: threads, warn: warn)
    }

    private func recipeRun(
        _ graph: ExecutionGraph,
        _ runOptions: RunOptions,
        _ store: ResultStore,
        previews: (any Previews)? = nil,
        team: SharedTraining?,
        report: @escaping @Sendable (RunEvent) -> Void
    ) throws -> RecipeRun {
        let resources = options.resources
        let environment = Program.environment(
            options.numerics,
            threads: resources.width,
            copies: resources.copies,
            previews: previews,
            team: team
        )
        return try RecipeRun(
            graph,
            store: store,
            options: runOptions,
            environment: environment,
            cancellation: cancellation,
            residents: resources.residents,
            report: report
        )
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
