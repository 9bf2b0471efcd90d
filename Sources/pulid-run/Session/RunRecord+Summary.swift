import Foundation
import Runner
import Store

extension RunRecord {
    /// When it began, as the history has it: `2026-03-01T12:00:00Z`.
    var when: String { Date(timeIntervalSince1970: Double(started)).formatted(.iso8601) }

    init(_ summary: RunSummary, of options: RunOptions, started: Date) {
        self.init(
            command: options.command,
            recipe: options.recipe,
            settings: options.settings,
            started: Int(started.timeIntervalSince1970),
            seconds: summary.seconds,
            ran: summary.ran,
            cached: summary.cached,
            failed: summary.failures.count,
            status: Int(summary.exitStatus.rawValue),
            written: (summary.outputs + [summary.page].compactMap(\.self)).compactMap { output in
                guard case .written = output.outcome else { return nil }
                return URL(fileURLWithPath: output.path).standardizedFileURL.path
            }
        )
    }
}
