import Foundation
import Graph
import Recipes
import Synchronization

/// For people: a progress line that is written over on a terminal, elsewhere a line for each node and every half minute
/// one about the run; what was written, on the standard output.
public final class TextReporter: Reporter {
    private struct State {
        var progress: RunProgress
        var lineIsShown = false
        /// Of the drawing right above that line.
        var drawnRows = 0
        var lastLine: ContinuousClock.Instant?
        /// What has run before it is known how much there is to do.
        var early: [(name: InstanceName, seconds: Double)] = []
        var unwritten = UnwrittenOutputs()
        var warnings = NodeWarnings()
    }

    /// How long a run may say nothing of itself where nothing can be written over.
    private static let longestSilence = Duration.seconds(30)
    /// Terminals are slow.
    private static let shortestLine = Duration.milliseconds(100)

    private let console: Console
    private let verbosity: Verbosity
    private let render: RenderDiagnostics
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    /// - Parameter clock: for tests.
    public init(
        console: Console,
        verbosity: Verbosity = .usual,
        clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        render: @escaping RenderDiagnostics
    ) {
        self.console = console
        self.verbosity = verbosity
        self.render = render
        self.clock = clock
        let start = clock()
        state = Mutex(State(progress: RunProgress(start: start), lastLine: console.isTerminal ? nil : start))
    }

    public func receive(_ event: RunEvent) {
        state.withLock { state in
            state.progress.receive(event, at: clock())
            switch event {
            case .planned(let recipe, let work):
                if !console.isTerminal || verbosity == .verbose, verbosity != .quiet, work.totalToRun > 0 {
                    say("\(Self.text(work, recipe: recipe))\n", &state)
                }
                sayEarly(&state)
            case .started(let name, let reason, _):
                if let reason, verbosity == .verbose {
                    say("\(count(state))\(name.shortTitle): runs (\(reason))\n", &state)
                } else {
                    showProgress(name, &state)
                }
            case .waiting(let name, let holder):
                guard verbosity != .quiet else { return }
                say("waiting for \(name.shortTitle), which \(holder ?? "another process") computes\n", &state)
            case .progress(let name, _, _, _): showProgress(name, &state)
            case .finished(let name, let seconds, _):
                if console.isTerminal, verbosity != .verbose {
                    showProgress(name, &state)
                } else if verbosity == .usual, !state.progress.isPlanned {
                    state.early.append((name, seconds))
                } else if verbosity != .quiet {
                    say("\(count(state))\(name.shortTitle): \(Self.time(seconds))\n", &state)
                    showProgress(state.progress.running.first, &state)
                }
            case .cached(let name, _, let isPlanned):
                if verbosity == .verbose {
                    let reason = isPlanned ? "" : ", as its inputs came out as before"
                    say("\(count(state))\(name.shortTitle): cached\(reason)\n", &state)
                }
            case .failed(let failure): say(render([failure.diagnostic]), &state)
            // Whoever reads this has seen the failure, and the summary counts those that it blocks.
            case .blocked, .measured: break
            case .skipped(let name, let cause, _):
                if verbosity == .verbose {
                    say(
                        "\(count(state))\(name.shortTitle): skipped, as \(cause.shortTitle) has nothing to give\n",
                        &state
                    )
                }
            case .output(let output):
                if let failure = state.unwritten.note(output) { say(render([failure]), &state) }
                if case .written = output.outcome {
                    clearLine(&state)
                    state.drawnRows = 0
                    console.output(output.path + "\n")
                }
            case .expectation(let expectation):
                if !expectation.isMet || expectation.isWarning { say(render([expectation.diagnostic]), &state) }
            case .warning(let text): warn(text, &state)
            case .nodeWarning(let warning): if state.warnings.isNew(warning) { warn(warning.message, &state) }
            case .summary(let summary):
                sayEarly(&state)
                clearLine(&state)
                for text in state.warnings.rest { warn(text, &state) }
                for text in state.unwritten.rest { say("error: \(TerminalText(text).escaped())\n", &state) }
                if verbosity != .quiet {
                    for table in summary.tables { console.output(Self.text(table)) }
                    if let remote = summary.remote { console.error(Self.text(remote)) }
                }
                for group in summary.regressions { console.error(group.text) }
                if summary.endedEarly { console.error("hint: --keep-going runs what does not rest on a failure\n") }
                if verbosity != .quiet || summary.exitStatus != .success { console.error(Self.text(summary)) }
            }
        }
    }

    public func timePasses() {
        state.withLock { state in
            guard state.progress.isPlanned else { return }
            showProgress(state.progress.running.first, &state)
        }
    }

    /// Above the line of progress, over the drawing before it if nothing was said since.
    public func show(_ drawing: TerminalDrawing) {
        guard console.isTerminal, verbosity != .quiet, drawing.rows > 0 else { return }
        state.withLock { state in
            clearLine(&state)
            let rows = drawing.rows
            let room = state.drawnRows == rows ? "" : String(repeating: "\n", count: rows)
            // The cursor is brought back, wherever the drawing leaves it.
            console.error("\(room)\r\u{1B}[\(rows)A\u{1B}7\(drawing.text)\u{1B}8\u{1B}[\(rows)B")
            state.drawnRows = rows
            state.lastLine = nil
            showProgress(state.progress.running.first, &state)
        }
    }

    private func sayEarly(_ state: inout State) {
        for (number, ran) in state.early.enumerated() {
            let count = state.progress.isPlanned ? "[\(number + 1)/\(state.progress.total)] " : ""
            say("\(count)\(ran.name.shortTitle): \(Self.time(ran.seconds))\n", &state)
        }
        state.early = []
    }

    private func say(_ text: String, _ state: inout State) {
        clearLine(&state)
        state.drawnRows = 0
        console.error(text)
    }

    private func warn(_ text: String, _ state: inout State) {
        say("warning: \(TerminalText(text).escaped(keepsLines: true))\n", &state)
    }

    // MARK: - The progress line

    /// The run in brackets, and beside it a node that runs: a second's fraction apart on a terminal, where it is written
    /// over, and elsewhere a line of its own every half minute.
    private func showProgress(_ name: InstanceName?, _ state: inout State) {
        guard verbosity != .quiet else { return }
        let now = clock()
        if let last = state.lastLine, now - last < (console.isTerminal ? Self.shortestLine : Self.longestSilence) {
            return
        }
        state.lastLine = now
        let line = runPart(state, now) + nodePart(name, state, now)
        guard console.isTerminal else { return console.error(TerminalText(line).escaped(keepsLines: false) + "\n") }
        // A line that wraps could not be written over; in the last column some terminals wrap already.
        console.error("\r\u{1B}[2K" + TerminalText(line).cut(to: max(1, console.columns() - 1)))
        state.lineIsShown = true
    }

    /// `[3/64  2.1 nodes/min  4 min 10 s left] `
    private func runPart(_ state: State, _ now: ContinuousClock.Instant) -> String {
        guard state.progress.isPlanned else { return "" }
        var parts = ["\(state.progress.done)/\(state.progress.total)"]
        if !console.isTerminal, let rate = state.progress.rate(at: now) { parts.append(Self.rate(rate)) }
        if let left = state.progress.secondsLeft(at: now) { parts.append("\(Self.time(left)) left") }
        return "[\(parts.joined(separator: "  "))] "
    }

    /// `latent[seed=11]  27/400  0.083 s/step  31.0 s to go`
    private func nodePart(_ name: InstanceName?, _ state: State, _ now: ContinuousClock.Instant) -> String {
        guard let name else {
            guard let awaited = state.progress.awaited.first else { return "" }
            return "waiting for another process: \(awaited.shortTitle)"
        }
        var line = name.shortTitle
        let others = state.progress.running.count { $0 != name }
        if let steps = state.progress.steps[name] {
            line += "  \(steps.done)/\(steps.total)"
            if let seconds = steps.seconds(at: now) { line += "  \(Self.time(seconds))/step" }
            if let note = steps.note { line += "  \(note)" }
            if let left = steps.secondsLeft(at: now) { line += "  \(Self.time(left)) to go" }
        }
        return others > 0 ? "\(line)  and \(others) more" : line
    }

    private func clearLine(_ state: inout State) {
        guard state.lineIsShown else { return }
        console.error("\r\u{1B}[2K")
        state.lineIsShown = false
    }

    private func count(_ state: State) -> String {
        state.progress.isPlanned ? "[\(state.progress.done)/\(state.progress.total)] " : ""
    }

    // MARK: - Text

    /// `style-sweep: 64 nodes to run (18 decode, 18 sample), 12 cached`
    static func text(_ work: PlannedWork, recipe: String) -> String {
        let kinds = work.toRun.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        let nodes = counted(work.totalToRun, "node")
        return TerminalText("\(recipe): \(nodes) to run (\(kinds.joined(separator: ", "))), \(work.cached) cached")
            .escaped()
    }

    /// `12.3 nodes/s`, `2.1 nodes/min`, `0.8 nodes/h`
    static func rate(_ perSecond: Double) -> String {
        let (number, unit) =
            perSecond >= 1
            ? (perSecond, "s") : perSecond >= 1.0 / 60 ? (60 * perSecond, "min") : (3600 * perSecond, "h")
        return String(format: "%.1f nodes/%@", number, unit)
    }

    /// `3 ran, 0 cached, 2 written in 1.2 s` and a newline.
    public static func text(_ summary: RunSummary) -> String {
        var parts = ["\(summary.ran) ran", "\(summary.cached) cached"]
        let missing = summary.failures.count { $0.isMissingBaseline }
        if summary.failures.count > missing { parts.append("\(summary.failures.count - missing) failed") }
        if missing > 0 { parts.append("\(counted(missing, "baseline")) missing") }
        if summary.skipped > 0 { parts.append("\(summary.skipped) skipped") }
        if summary.notRun > 0 { parts.append("\(summary.notRun) not run") }
        parts.append("\(summary.written) written")
        if summary.unwritten > 0 { parts.append("\(summary.unwritten) not written") }
        if summary.unchanged > 0 { parts.append("\(summary.unchanged) unchanged") }
        let unmet = summary.expectations.count { !$0.isMet }
        if unmet > 0 { parts.append("\(unmet) of \(counted(summary.expectations.count, "expectation")) not met") }
        if summary.warned > 0 { parts.append("\(summary.warned) warned of") }
        let head = summary.isInterrupted ? "interrupted: " : ""
        return "\(head)\(parts.joined(separator: ", ")) in \(time(summary.seconds))\n"
    }

    static func text(_ table: TableSummary) -> String {
        let fields = table.fields.map { field in
            let (least, mean, greatest) = (short(field.least), short(field.mean), short(field.greatest))
            guard field.least.isFinite else { return "  \(field.name): infinite\n" }
            let rest = field.infinite > 0 ? ", and \(field.infinite) infinite" : ""
            return "  \(field.name): \(least) to \(greatest), mean \(mean)\(rest)\n"
        }
        return "\(table.path): \(counted(table.rows, "row"))\n" + fields.joined()
    }

    /// Nothing where nothing came of it.
    static func text(_ remote: RemoteSummary) -> String {
        let counts = remote.statistics
        var parts: [String] = []
        func add(_ count: Int, _ what: String) { if count > 0 { parts.append("\(count) \(what)") } }
        func size(_ bytes: Int) -> String { String(format: "%.1f MB", Double(bytes) / 1e6) }
        add(counts.found, "results found")
        add(counts.valuesRead, "values read (\(size(counts.bytesRead)))")
        add(counts.written, "results sent (\(size(counts.bytesWritten)))")
        add(counts.notWritten, "not sent")
        add(counts.wrong, "damaged")
        add(counts.unsigned, "not signed")
        add(counts.failures, "requests failed")
        if parts.isEmpty { return "" }
        return "remote cache \(remote.name): \(parts.joined(separator: ", "))\n"
    }

    private static func short(_ value: Double) -> String { String(format: "%.4g", value) }

    /// `0.123 s`, `12.3 s`, `3 min 20 s`, `2 h 5 min`.
    public static func time(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: return String(format: "%.3f s", seconds)
        case ..<60: return String(format: "%.1f s", seconds)
        case ..<3600: return "\(Int(seconds) / 60) min \(Int(seconds) % 60) s"
        default: return "\(Int(seconds) / 3600) h \(Int(seconds) % 3600 / 60) min"
        }
    }
}
