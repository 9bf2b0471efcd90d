import Foundation

/// What says how much memory this process may use.
public struct MemoryReadings: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        case machine
        /// The file of a control group, such as `/sys/fs/cgroup/user.slice/memory.max`.
        case controlGroup(String)
        case slurm(variable: String)
        /// `ulimit -v`
        case addressSpace
    }

    public struct Reading: Hashable, Sendable {
        public let source: Source
        public let bytes: Int
        /// What a run makes do with: three quarters, so that the system and other programs have some.
        public var share: Int { bytes / 4 * 3 }
    }

    /// The machine's first.
    public let all: [Reading]
    /// The one that decides.
    public var least: Reading { all.min { $0.bytes < $1.bytes } ?? Reading(source: .machine, bytes: 0) }

    /// - Parameters:
    ///   - machine: bytes of the machine.
    ///   - processors: how many a job of Slurm has that does not say it itself.
    ///   - addressSpace: bytes of addresses that the process may have; nil for any number.
    ///   - read: the text of a file, nil where there is none.
    public init(
        machine: Int,
        processors: Int,
        addressSpace: Int?,
        environment: [String: String],
        read: @escaping (String) -> String?
    ) {
        var all = [Reading(source: .machine, bytes: machine)]
        all += Self.controlGroups(read)
        func slurm(_ name: String) -> Int? { environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
        func add(_ variable: String, times count: Int) {
            guard let megabytes = slurm(variable) else { return }
            let (bytes, overflow) = megabytes.multipliedReportingOverflow(by: count << 20)
            if !overflow { all.append(Reading(source: .slurm(variable: variable), bytes: bytes)) }
        }
        add("SLURM_MEM_PER_NODE", times: 1)
        let cores = slurm("SLURM_CPUS_ON_NODE") ?? slurm("SLURM_CPUS_PER_TASK") ?? processors
        add("SLURM_MEM_PER_CPU", times: min(cores, 1 << 20))
        if let addressSpace { all.append(Reading(source: .addressSpace, bytes: addressSpace)) }
        self.all = all
    }

    private static func controlGroups(_ read: @escaping (String) -> String?) -> [Reading] {
        ControlGroups(read).flatMap(controller: "memory") { folder, version in
            let file = folder + (version == 2 ? "/memory.max" : "/memory.limit_in_bytes")
            // "max" is no number. The first version's way of saying so is a number larger than any memory.
            guard let bytes = read(file).flatMap(ControlGroups.number) else { return nil }
            return Reading(source: .controlGroup(file), bytes: bytes)
        }
    }
}

extension MemoryReadings {
    /// Those of this process.
    public static var here: MemoryReadings {
        var limit = rlimit()
        let isLimited =
            getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 && limit.rlim_cur != rlim_t.max
        return MemoryReadings(
            machine: Int(clamping: ProcessInfo.processInfo.physicalMemory),
            processors: ProcessInfo.processInfo.activeProcessorCount,
            addressSpace: isLimited ? Int(clamping: limit.rlim_cur) : nil,
            environment: ProcessInfo.processInfo.environment,
            read: { try? String(contentsOfFile: $0, encoding: .utf8) }
        )
    }
}

extension MemoryReadings.Source: CustomStringConvertible {
    public var description: String {
        switch self {
        case .machine: "the machine's"
        case .controlGroup(let file): "by \(file)"
        case .slurm(let variable): "by $\(variable)"
        case .addressSpace: "by ulimit -v"
        }
    }
}

extension MemoryReadings {
    /// Bytes that this process had in memory at most.
    static var peak: Int {
        var usage = rusage()
        return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? Int(usage.ru_maxrss) * 1024 : 0
    }
}
