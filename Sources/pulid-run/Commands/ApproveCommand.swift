import ArgumentParser
import Foundation
import Graph
import Recipes
import Runner

struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Accept the current pictures of a recipe as its baselines.",
        discussion: """
            What is in the cache is not computed again, so after a run that failed for a changed picture this writes the \
            very picture that was seen. A baseline holds its pixels and nothing else, so those that have not changed are \
            left alone. What each was made of goes to a lock file beside the recipe (portrait.lock), so that the next \
            failure can say what has changed.
            """
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var options: ExecutionOptions
    @OptionGroup var format: FormatOptions

    @Option(
        help: ArgumentHelp(
            "Only the pictures of this node, or of some of its cells: 'image[style=neon]'.",
            valueName: "node"
        ),
        completion: .custom { words, _, _ in RecipeNames(in: words).nodes }
    )
    var only: [String] = []

    @Flag(help: "Only what fails now: pictures that are not like their baselines, and missing baselines.")
    var failed = false

    @Option(
        help: ArgumentHelp("Only what fails for this cause, as the run names it: prompt.text.", valueName: "cause")
    )
    var cause: [String] = []

    @Flag(help: "Accept the pictures beside those that were accepted before: renders may be like either.")
    var add = false

    @Flag(help: "Write no pictures, only their digests in the lock file; the pictures stay in the cache.")
    var digests = false

    @Flag(help: "Remove baselines that the recipe has no longer.")
    var prune = false

    @Flag(help: "Write nothing: list what is accepted now, and what would take its place.")
    var dryRun = false

    @Flag(help: "As --dry-run, and end with status 1 if anything would be written.")
    var ci = false

    func validate() throws {
        guard !prune || recipe.settings.isEmpty else {
            throw ValidationError("--prune looks at the whole recipe: leave --set out")
        }
        guard !add || !digests else { throw ValidationError("--add and --digests do not go together") }
    }

    func run() throws {
        try reportingFailures(format) {
            let execution = try Execution(options, as: .approve)
            let loaded = try recipe.load()
            loaded.show(format.format)
            let lock = try BaselineLock.read(for: loaded.graph)
            let selections = only.map { CellSelection($0) }
            try check(selections, in: loaded)
            var failing: Set<String>?
            if failed || !cause.isEmpty {
                let found = try judge(loaded, lock, execution)
                guard found.status == .success else { return found.status }
                guard !found.titles.isEmpty else {
                    Terminal.error("nothing fails: there is nothing to accept\n")
                    return .success
                }
                failing = found.titles
            }
            let approval = try Approval(
                of: loaded.graph,
                lock: lock,
                numerics: execution.baselineClass,
                way: add ? .add : .replace,
                settings: loaded.settings
            ) { instance in
                let isFailing = failing?.contains(InstanceName(instance).title) ?? true
                return isFailing && (selections.isEmpty || selections.contains { $0.contains(instance) })
            }
            if dryRun || ci { return try list(approval, loaded, lock, execution) }
            return try accept(approval, loaded, lock, execution)
        }
    }

    /// - Throws: `UnknownNode`; `UnknownCells`; `UnneededNode`.
    private func check(_ selections: [CellSelection], in loaded: LoadedRecipe) throws {
        try loaded.checkNeeded(selections.map(\.node))
        for selection in selections { _ = try selection.instances(in: loaded.graph) }
    }

    // MARK: - What fails

    /// Runs what is measured, and writes nothing.
    private func judge(
        _ loaded: LoadedRecipe,
        _ lock: BaselineLock?,
        _ execution: Execution
    ) throws -> (titles: Set<String>, status: Runner.ExitStatus) {
        let graph = lock?.accepted(in: loaded.graph) ?? loaded.graph
        var runOptions = runOptions(loaded, out: "out/\(graph.name)")
        runOptions.keepGoing = true
        runOptions.lock = lock
        var groups: [RegressionGroup] = []
        var status = Runner.ExitStatus.success
        _ = try execution(graph.withoutOutputs, runOptions, reporter: Problems(loaded)) { _, summary in
            groups = summary.regressions
            if summary.failures.contains(where: { !$0.isMissingBaseline }) || summary.isInterrupted {
                status = summary.exitStatus
            }
        }
        let causes = groups.map(\.cause.id)
        for name in cause where !causes.contains(name) {
            let known = causes.isEmpty ? "nothing fails" : "the causes are \(causes.joined(separator: ", "))"
            Terminal.error("error: nothing fails for the cause `\(TerminalText(name).escaped())`; \(known)\n")
            return ([], .badFlags)
        }
        let members = groups.filter { failed || cause.contains($0.cause.id) }.flatMap(\.members)
        return (Set(members.map(\.name.title)), status)
    }

    private func runOptions(_ loaded: LoadedRecipe, out: String) -> RunOptions {
        RunOptions(out: out, recipe: recipe.absolutePath, settings: loaded.settings, describesPictures: false)
    }

    // MARK: - Accepting

    private func accept(
        _ approval: Approval,
        _ loaded: LoadedRecipe,
        _ lock: BaselineLock?,
        _ execution: Execution
    ) throws -> Runner.ExitStatus {
        var runOptions = runOptions(loaded, out: approval.folder)
        if digests { runOptions.only = approval.measuredNodes }
        let reports = try Reports(format, for: loaded, options.verbosity)
        let status = try execution(
            digests ? approval.graph.withoutOutputs : approval.graph,
            runOptions,
            reporter: reports.reporter
        ) { run, summary in
            let written = Set(
                summary.outputs.filter { $0.failure == nil }.map {
                    URL(fileURLWithPath: $0.path).standardizedFileURL.path
                }
            )
            var after = approval.lock(
                after: lock,
                numerics: run.baselineClass,
                way: add ? .add : .replace,
                keepsFiles: !digests,
                isAccepted: { digests || written.contains(URL(fileURLWithPath: $0.path).standardizedFileURL.path) },
                trace: run.trace
            )
            if recipe.settings.isEmpty { tidy(&after, loaded.graph) }
            try after.write(for: loaded.graph.file)
        }
        return reports.status(after: status)
    }

    /// Tells of baselines that the recipe has no longer, or removes them.
    private func tidy(_ lock: inout BaselineLock, _ graph: ExecutionGraph) {
        for (key, files) in lock.orphans(in: graph) {
            let shown = TerminalText(files.isEmpty ? key : files.joined(separator: ", ")).escaped()
            guard prune else {
                Terminal.error("warning: \(shown): a baseline that the recipe has no longer; --prune removes it\n")
                continue
            }
            for file in files { try? FileManager.default.removeItem(atPath: file) }
            lock.entries[key] = nil
            Terminal.error("removed \(shown)\n")
        }
    }

    // MARK: - Listing

    private func list(
        _ approval: Approval,
        _ loaded: LoadedRecipe,
        _ lock: BaselineLock?,
        _ execution: Execution
    ) throws -> Runner.ExitStatus {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pulid-run-\(UUID().uuidString)")
            .path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var changes = 0
        let status = try execution(
            approval.graph,
            runOptions(loaded, out: folder),
            reporter: Problems(loaded)
        ) { run, _ in
            var rows: [[String]] = []
            for (item, output) in zip(approval.items, approval.graph.outputs) {
                let entries = lock?.entries[item.key] ?? []
                let file = BaselineLock.relative(item.path, to: loaded.graph.file)
                let old = entries.first { $0.file == file }
                let change = AcceptedChange(of: item.path, by: "\(folder)/\(output.path)")
                if change.writes { changes += 1 }
                let before = old?.picture.short ?? "-"
                let now = run.trace(of: item.baseline.measured).last?.value.short ?? "-"
                rows.append([
                    change.word, TerminalText(pathFromHere(item.path)).escaped(),
                    InstanceName(loaded.graph.instances[item.baseline.measured]).title, "\(before) -> \(now)",
                    change.measures,
                ])
            }
            Terminal.output("\(TextColumns(rows))")
            if recipe.settings.isEmpty, let lock {
                for (key, files) in lock.orphans(in: loaded.graph) {
                    Terminal.output("orphan  \(TerminalText(files.first ?? key).escaped())\n")
                }
            }
        }
        guard status == .success else { return status }
        return ci && changes > 0 ? .expectationFailed : .success
    }
}

/// Says what goes wrong, and nothing else.
private struct Problems: Reporter {
    private let render: RenderDiagnostics

    init(_ recipe: LoadedRecipe) {
        let renderer = recipe.renderer
        render = { renderer.text($0) }
    }

    func receive(_ event: RunEvent) {
        switch event {
        case .failed(let failure): if !failure.isMissingBaseline { Terminal.error(render([failure.diagnostic])) }
        case .output(let output): if let failure = output.failure { Terminal.error(render([failure])) }
        case .nodeWarning(let warning): receive(.warning(warning.message))
        case .warning(let text): Terminal.error("warning: \(TerminalText(text).escaped(keepsLines: true))\n")
        default: break
        }
    }
}
