import Foundation
import Graph
import Synchronization

/// For programs: each event as a JSON object on a line of the standard output (docs/EVENTS.md).
public final class JSONReporter: Reporter {
    private let console: Console
    private let render: RenderDiagnostics
    private let date: @Sendable () -> Date
    private let progress = Mutex(RunProgress(start: .now))

    /// - Parameters:
    ///   - date: what time it is.
    ///   - render: makes JSON lines of diagnostics.
    public init(
        console: Console,
        date: @escaping @Sendable () -> Date = { Date() },
        render: @escaping RenderDiagnostics
    ) {
        self.console = console
        self.render = render
        self.date = date
    }

    public func receive(_ event: RunEvent) {
        // Lines keep the order of their times.
        progress.withLock { progress in
            let now = ContinuousClock.now
            progress.receive(event, at: now)
            console.output(line(event, secondsLeft: progress.secondsLeft(at: now)))
        }
    }

    /// - Parameter left: how long the run will go on.
    private func line(_ event: RunEvent, secondsLeft left: Double?) -> String {
        let left = left.map { Value.number($0) } ?? .null
        return switch event {
        case .planned(let recipe, let work):
            object("planned", ["recipe": .string(recipe), "cached": int(work.cached), "to_run": int(work.totalToRun)])
        case .started(let name, let reason, let isPlanned):
            object(
                "started",
                fields(
                    name,
                    ["planned": .bool(isPlanned), "seconds_left": left]
                        .merging(reason.map { ["reason": .string($0)] } ?? [:]) { $1 }
                )
            )
        case .waiting(let name, let holder):
            object("waiting", fields(name, ["for": holder.map { .string($0) } ?? .null]))
        case .progress(let name, let done, let total, let note):
            object(
                "progress",
                fields(
                    name,
                    ["done": int(done), "total": int(total), "seconds_left": left]
                        .merging(note.map { ["note": .string($0)] } ?? [:]) { $1 }
                )
            )
        case .finished(let name, let seconds, let digest):
            object(
                "finished",
                fields(name, ["seconds": .number(seconds), "digest": .string(digest.hex), "seconds_left": left])
            )
        case .cached(let name, let digest, let isPlanned):
            object("cached", fields(name, ["digest": .string(digest.hex), "planned": .bool(isPlanned)]))
        case .failed(let failure):
            object(
                "failed",
                ["node": .string(failure.node), "cell": cell(failure.cell), "reason": .string(failure.reason)]
            )
                + render([failure.diagnostic])
        case .blocked(let name, let cause):
            object("blocked", fields(name, ["by": by(cause)]))
        case .skipped(let name, let cause, let isPlanned):
            object("skipped", fields(name, ["by": by(cause), "planned": .bool(isPlanned)]))
        case .measured(let name, let values):
            object("measured", fields(name, ["values": .map(values.mapValues { .number($0) })]))
        case .output(let output): outputLine(output)
        case .expectation(let report): expectationLine(report)
        case .warning(let text): object("warning", ["message": .string(text)])
        case .nodeWarning(let warning):
            object("warning", ["message": .string("`\(warning.name.title)`: \(warning.text)")])
        case .summary(let summary): summaryLine(summary)
        }
    }

    private func outputLine(_ output: OutputReport) -> String {
        let outcome =
            switch output.outcome {
            case .written: "written"
            case .unchanged: "unchanged"
            case .failed: "failed"
            }
        let line = object("output", ["path": .string(output.path), "outcome": .string(outcome)])
        return line + (output.failure.map { render([$0]) } ?? "")
    }

    private func expectationLine(_ report: ExpectationReport) -> String {
        let fields = fields(
            report.name,
            [
                "text": .string(report.expectation.text), "met": .bool(report.isMet),
                "measured": report.measured.map { .number($0) } ?? .null, "warning": .bool(report.isWarning),
            ]
        )
        return object("expectation", fields) + (report.isMet && !report.isWarning ? "" : render([report.diagnostic]))
    }

    private func summaryLine(_ summary: RunSummary) -> String {
        let remote = summary.remote.map { ["remote": Self.value($0)] } ?? [:]
        let memory = summary.peakMemory.map { ["peak_memory": int($0)] } ?? [:]
        return object(
            "summary",
            [
                "ran": int(summary.ran), "cached": int(summary.cached), "failed": int(summary.failures.count),
                "skipped": int(summary.skipped), "not_run": int(summary.notRun), "written": int(summary.written),
                "unchanged": int(summary.unchanged), "not_written": int(summary.unwritten),
                "interrupted": .bool(summary.isInterrupted),
                "expectations_not_met": int(summary.expectations.count { !$0.isMet }),
                "regressions": .list(summary.regressions.map(\.value)),
                "seconds": .number(summary.seconds), "exit_code": int(Int(summary.exitStatus.rawValue)),
            ].merging(remote) { a, _ in a }.merging(memory) { a, _ in a }
        )
    }

    private static func value(_ remote: RemoteSummary) -> Value {
        let counts = remote.statistics
        return .map(
            [
                "found": counts.found, "values_read": counts.valuesRead, "bytes_read": counts.bytesRead,
                "sent": counts.written, "bytes_sent": counts.bytesWritten, "not_sent": counts.notWritten,
                "damaged": counts.wrong, "unsigned": counts.unsigned, "failures": counts.failures,
            ].mapValues { .integer(Int128($0)) }
        )
    }

    private func fields(_ name: InstanceName, _ more: [String: Value] = [:]) -> [String: Value] {
        more.merging(["node": .string(name.node), "kind": .string(name.kind), "cell": cell(name.cell)]) { a, _ in a }
    }

    private func by(_ cause: InstanceName) -> Value {
        .map(["node": .string(cause.node), "cell": cell(cause.cell)])
    }

    private func cell(_ cell: Cell) -> Value {
        .map(Dictionary(cell.coordinates.map { ($0.axis, $0.value) }, uniquingKeysWith: { a, _ in a }))
    }

    private func int(_ value: Int) -> Value { .integer(Int128(value)) }

    private func object(_ event: String, _ fields: [String: Value]) -> String {
        let time = date().formatted(
            .iso8601.time(includingFractionalSeconds: true).year().month().day().timeZone(separator: .omitted)
        )
        return Value.map(fields.merging(["event": .string(event), "time": .string(time)]) { a, _ in a }).json + "\n"
    }
}
