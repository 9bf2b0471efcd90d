import Foundation

/// The machine that a run was made on, as far as it says.
struct MachineDescription: Encodable {
    let host: String
    let system: String
    let processor: String
    let processors: Int
    /// Bytes.
    let memory: UInt64

    static var here: MachineDescription {
        let release = lines("/etc/os-release").lazy.compactMap { line in
            line.hasPrefix("PRETTY_NAME=") ? line.dropFirst("PRETTY_NAME=".count).trimming("\"") : nil
        }.first
        let processor = lines("/proc/cpuinfo").lazy.compactMap { line in
            line.hasPrefix("model name") ? line.split(separator: ":").last?.trimming(" ") : nil
        }.first
        let info = ProcessInfo.processInfo
        return MachineDescription(
            host: info.hostName,
            system: release ?? info.operatingSystemVersionString,
            processor: processor ?? "unknown",
            processors: info.processorCount,
            memory: info.physicalMemory
        )
    }

    private static func lines(_ path: String) -> [Substring] {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
    }
}

extension Substring {
    fileprivate func trimming(_ characters: String) -> String {
        trimmingCharacters(in: CharacterSet(charactersIn: characters))
    }
}
