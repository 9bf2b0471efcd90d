import Foundation

/// The most memory that a process has held, mapped files that are in memory included.
enum ProcessMemory {
    /// Forgets this process's peak so far.
    static func resetPeak() { try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs")) }

    static var peak: Int? { peak(of: "self") }

    /// In bytes, of the process with that number; nil where the system does not tell.
    static func peak(of process: String) -> Int? {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
