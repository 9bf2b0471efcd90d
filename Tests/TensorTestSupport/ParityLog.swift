import Foundation

/// Where `assertClose` notes each comparison when the environment names a file in `PARITY_LOG`: what docs/PARITY.md is
/// written from (`make parity`).
enum ParityLog {
    static func note(_ label: String, _ gap: Difference, bound: Float, test: String) {
        guard let path = ProcessInfo.processInfo.environment["PARITY_LOG"] else { return }
        let line = "\(test)\t\(label)\t\(gap.shape)\t\(gap.largestAbsolute)\t\(gap.relative)\t\(bound)\n"
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // One write a line: tests run side by side.
        _ = line.withCString { write(descriptor, $0, strlen($0)) }
    }
}
