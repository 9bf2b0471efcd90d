/// What says how many processors this process may use.
public struct ProcessorReadings: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        case machine
        /// `taskset`, and cpusets of control groups.
        case affinity
        /// The file of a control group, such as `/sys/fs/cgroup/user.slice/cpu.max`.
        case controlGroup(String)
        case slurm(variable: String)
    }

    public struct Reading: Hashable, Sendable {
        public let source: Source
        public let count: Int
    }

    /// The machine's first.
    public let all: [Reading]
    /// The one that decides: the first of the smallest.
    public var least: Reading { all.min { $0.count < $1.count } ?? Reading(source: .machine, count: 1) }

    /// - Parameters:
    ///   - machine: processors of the machine
    ///   - affine: those that the system lets the process run on
    ///   - read: the text of a file, nil where there is none
    public init(machine: Int, affine: Int, environment: [String: String], read: @escaping (String) -> String?) {
        var all = [Reading(source: .machine, count: machine), Reading(source: .affinity, count: affine)]
        all += ControlGroups(read).flatMap(controller: "cpu") { folder, version in
            Self.quota(of: folder, version, read)
        }
        for variable in ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"] {
            if let count = environment[variable].flatMap({ Int($0) }) {
                all.append(Reading(source: .slurm(variable: variable), count: count))
            }
        }
        self.all = all.filter { $0.count > 0 }
    }

    /// Microseconds of processors in a period of time; a part of a processor counts as a whole one.
    private static func quota(of folder: String, _ version: Int, _ read: (String) -> String?) -> Reading? {
        let file = folder + (version == 2 ? "/cpu.max" : "/cpu.cfs_quota_us")
        guard let text = read(file) else { return nil }
        // "max 100000" and -1 are no quota.
        let numbers = (text + (version == 2 ? "" : " \(read(folder + "/cpu.cfs_period_us") ?? "")"))
            .split(whereSeparator: \.isWhitespace).map { Int($0) }
        guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else {
            return nil
        }
        let (whole, rest) = quota.quotientAndRemainder(dividingBy: period)
        return Reading(source: .controlGroup(file), count: whole + (rest > 0 ? 1 : 0))
    }
}

extension ProcessorReadings.Source: CustomStringConvertible {
    public var description: String {
        switch self {
        case .machine: "the machine's"
        case .affinity: "by affinity, as taskset sets it"
        case .controlGroup(let file): "by \(file)"
        case .slurm(let variable): "by $\(variable)"
        }
    }
}
