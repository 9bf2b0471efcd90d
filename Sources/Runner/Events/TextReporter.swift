import Foundation
import Graph
import Recipes
import Synchronization

/// For people: a progress line that is written over on a terminal, a line for each node elsewhere; what was written, on
/// the standard output.
public final class TextReporter: Reporter {
    private struct State {
        var pace = Pace()
        var isPlanned = false
        var rates = StepRates()
        var lineIsShown = false
        var lastLine: ContinuousClock.Instant?
    }

    private let console: Console
    private let verbosity: Verbosity
    private let render: RenderDiagnostics
    private let start = ContinuousClock.now
    private let state = Mutex(State())

    public init(console: Console, verbosity: Verbosity = .usual, render: @escaping RenderDiagnostics) {
        self.console = console
        self.verbosity = verbosity
        self.render = render
    }

    public func receive(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .planned(_, let work):
                state.pace.plan(work)
                state.isPlanned = true
            case .started(let name, let reason):
                if let reason, verbosity == .verbose {
                    say("\(count(state))\(name.title): runs (\(reason))\n", &state)
                } else {
                    showProgress(name, &state)
                }
            case .waiting(let name, let holder):
                guard verbosity != .quiet else { return }
                say("waiting for \(name.title), which \(holder ?? "another process") computes\n", &state)
            case .progress(let name, let done, let total, let note):
                state.pace.progress(name, done: done, total: total)
                state.rates.progress(name, done: done, total: total, note: note, now: .now)
                showProgress(name, &state)
            case .finished(let name, let seconds, _):
                state.pace.finish(name, seconds: seconds)
                state.rates.end(name)
                if console.isTerminal, verbosity != .verbose {
                    showProgress(name, &state)
                } else if verbosity != .quiet {
                    clearLine(&state)
                    console.error("\(count(state))\(name.title): \(Self.time(seconds))\n")
                }
            case .cached(let name, _, let isPlanned):
                if !isPlanned { state.pace.skip(name) }
                if verbosity == .verbose {
                    let reason = isPlanned ? "" : ", as its inputs came out as before"
                    say("\(count(state))\(name.title): cached\(reason)\n", &state)
                }
            case .failed(let failure): say(render([failure.diagnostic]), &state)
            // Whoever reads this has seen the failure, and the summary counts those that it blocks.
            case .blocked: break
            case .skipped(let name, let cause, let isPlanned):
                if !isPlanned { state.pace.skip(name) }
                if verbosity == .verbose {
                    say("\(count(state))\(name.title): skipped, as \(cause.title) has nothing to give\n", &state)
                }
            case .output(let output):
                if let failure = output.failure { say(render([failure]), &state) }
                if case .written = output.outcome {
                    clearLine(&state)
                    console.output(output.path + "\n")
                }
            case .expectation(let expectation):
                if !expectation.isMet { say(render([expectation.diagnostic]), &state) }
            case .warning(let text): say("warning: \(TerminalText(text).escaped(keepsLines: true))\n", &state)
            case .summary(let summary):
                clearLine(&state)
                if verbosity != .quiet {
                    for table in summary.tables { console.output(Self.text(table)) }
                }
                if verbosity != .quiet || summary.exitStatus != .success { console.error(Self.text(summary)) }
            }
        }
    }

    private func say(_ text: String, _ state: inout State) {
        clearLine(&state)
        console.error(text)
    }

    // MARK: - The progress line

    /// At most ten times a second: terminals are slow. Where nothing can be written over, a line a minute, for nodes that
    /// take many.
    private func showProgress(_ name: InstanceName, _ state: inout State) {
        guard verbosity != .quiet else { return }
        let now = ContinuousClock.now
        if let last = state.lastLine ?? (console.isTerminal ? nil : start),
            now - last < (console.isTerminal ? .milliseconds(100) : .seconds(60))
        {
            return
        }
        state.lastLine = now
        var line = "\(count(state))\(name.title)"
        if let steps = state.rates[name] {
            line += "  \(steps.done)/\(steps.total)"
            if let seconds = steps.seconds(at: now) { line += "  \(Self.time(seconds))/step" }
            if let note = steps.note { line += "  \(note)" }
        }
        let left =
            state.pace.secondsLeft(elapsed: (now - start) / .seconds(1)) ?? state.rates[name]?.secondsLeft(at: now)
        if let left { line += "  \(Self.time(left)) left" }
        guard console.isTerminal else { return console.error(TerminalText(line).escaped(keepsLines: false) + "\n") }
        // A line that wraps could not be written over; in the last column some terminals wrap already.
        console.error("\r\u{1B}[2K" + TerminalText(line).cut(to: max(1, console.columns() - 1)))
        state.lineIsShown = true
    }

    private func clearLine(_ state: inout State) {
        guard state.lineIsShown else { return }
        console.error("\r\u{1B}[2K")
        state.lineIsShown = false
    }

    private func count(_ state: State) -> String {
        state.isPlanned ? "[\(state.pace.done)/\(state.pace.total)] " : ""
    }

    // MARK: - Text

    static func text(_ summary: RunSummary) -> String {
        var parts = ["\(summary.ran) ran", "\(summary.cached) cached"]
        let missing = summary.failures.count { $0.isMissingBaseline }
        if summary.failures.count > missing { parts.append("\(summary.failures.count - missing) failed") }
        if missing > 0 { parts.append("\(missing) baseline\(missing == 1 ? "" : "s") missing") }
        if summary.skipped > 0 { parts.append("\(summary.skipped) skipped") }
        if summary.notRun > 0 { parts.append("\(summary.notRun) not run") }
        parts.append("\(summary.written) written")
        if summary.unchanged > 0 { parts.append("\(summary.unchanged) unchanged") }
        let unmet = summary.expectations.count { !$0.isMet }
        if unmet > 0 { parts.append("\(unmet) of \(summary.expectations.count) expectations not met") }
        let head = summary.isInterrupted ? "interrupted: " : ""
        return "\(head)\(parts.joined(separator: ", ")) in \(time(summary.seconds))\n"
    }

    static func text(_ table: TableSummary) -> String {
        let fields = table.fields.map { field in
            let (least, mean, greatest) = (short(field.least), short(field.mean), short(field.greatest))
            return "  \(field.name): \(least) to \(greatest), mean \(mean)\n"
        }
        return "\(table.path): \(table.rows == 1 ? "1 row" : "\(table.rows) rows")\n" + fields.joined()
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
