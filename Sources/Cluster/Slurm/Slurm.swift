/// What a program that was called came to.
public struct CommandOutput: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String

    public init(status: Int32, output: String, errors: String) {
        self.status = status
        self.output = output
        self.errors = errors
    }
}

/// Calls a program of the system: its name and its arguments.
public typealias CallProgram = @Sendable (_ program: String, _ arguments: [String]) throws -> CommandOutput

/// Slurm by its commands: as few calls as can be, since all users share the controller.
public struct Slurm: Sendable {
    private let call: CallProgram
    private let user: String

    /// - Parameter user: whose jobs are looked at.
    public init(user: String, call: @escaping CallProgram) { (self.user, self.call) = (user, call) }

    /// - Parameter partition: nil for the one that is taken unless one is named.
    /// - Throws: `SlurmError`.
    public func limits(partition: String?) throws -> SlurmLimits {
        let config = try answer("scontrol", ["show", "config"])
        let partitions = try? answer("scontrol", ["--oneliner", "show", "partition"])
        var limits = SlurmLimits(config: config, partitions: partitions ?? "", partition: partition)
        // What the accounts are allowed, only those know that keep them.
        if limits.hasAccounting,
            let text = try? answer(
                "sacctmgr",
                ["--noheader", "--parsable2", "show", "association", "where", "user=\(user)", "format=MaxSubmit"]
            )
        {
            limits.mostSubmitted = text.split(separator: "\n").compactMap { Int($0) }.min()
        }
        return limits
    }

    /// The tasks that Slurm still knows of jobs with these names, the finished among them for some minutes.
    ///
    /// - Throws: `SlurmError`.
    public func tasks(ofJobs names: [String]) throws -> [SlurmTask] {
        let text = try answer(
            "squeue",
            [
                "--noheader", "--array", "--states=all", "--user=\(user)", "--name=\(names.joined(separator: ","))",
                "--format=%i|%j|%T|%N|%r",
            ]
        )
        return text.split(separator: "\n").compactMap { SlurmTask(line: String($0)) }
    }

    /// - Throws: `SlurmError`.
    private func answer(_ program: String, _ arguments: [String]) throws -> String {
        let result: CommandOutput
        do { result = try call(program, arguments) } catch { throw SlurmError.missing(program, reason: "\(error)") }
        guard result.status == 0 else { throw SlurmError.refused(program, reason: result.errors) }
        return result.output
    }

    /// Runs the script that submits.
    /// - Returns: the jobs' ids.
    /// - Throws: `SlurmError`.
    public func submit(_ script: String) throws -> [String] {
        try answer("/bin/bash", [script]).split(separator: "\n").map(String.init)
    }
}

public enum SlurmError: Error, Hashable, CustomStringConvertible {
    case missing(String, reason: String)
    case refused(String, reason: String)

    public var description: String {
        switch self {
        case .missing(let program, let reason):
            "\(program) cannot be run: \(reason); is this a machine of a Slurm cluster?"
        case .refused(let program, let reason):
            "\(program) failed: \(reason.split(separator: "\n").joined(separator: "; "))"
        }
    }
}

/// What a cluster lets one do, as it says itself.
public struct SlurmLimits: Hashable, Sendable {
    /// Numbers of an array's tasks are lower than this.
    public var arraySize = 1001
    public var hasAccounting = false
    /// Tasks that may be in the queue at the same time; nil where nobody says.
    public var mostSubmitted: Int?
    /// Minutes that a job may take; nil for as long as it likes.
    public var mostMinutes: Int?

    /// Tasks of one array, with two jobs beside it.
    public var mostShards: Int { max(1, min(arraySize - 1, (mostSubmitted ?? Int.max) - 2)) }

    /// - Parameters:
    ///   - config: `scontrol show config`
    ///   - partitions: `scontrol --oneliner show partition`
    ///   - partition: which of them; nil for the usual one.
    public init(config: String, partitions: String, partition: String?) {
        for line in config.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            let name = line[..<equals].filter { $0 != " " }
            let value = line[line.index(after: equals)...].drop { $0 == " " }
            switch name {
            case "MaxArraySize": arraySize = Int(value) ?? arraySize
            case "AccountingStorageType": hasAccounting = !value.hasSuffix("none")
            default: break
            }
        }
        for line in partitions.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.contains(partition.map { "PartitionName=\($0)" } ?? "Default=YES") else { continue }
            let time = fields.first { $0.hasPrefix("MaxTime=") }?.dropFirst("MaxTime=".count)
            mostMinutes = time.flatMap { Self.minutes(String($0)) }
        }
    }

    /// `1-12:30:00`, `30:00`, `90`; nil for UNLIMITED and what is no time.
    static func minutes(_ text: String) -> Int? {
        let days = text.split(separator: "-", omittingEmptySubsequences: false)
        let clock = days[days.count - 1].split(separator: ":").map { Int($0) }
        guard days.count <= 2, !clock.isEmpty, !clock.contains(nil) else { return nil }
        let parts = clock.compactMap(\.self)
        if days.count == 2 {
            guard let day = Int(days[0]) else { return nil }
            return day * 1440 + parts[0] * 60 + (parts.count > 1 ? parts[1] : 0)
        }
        // hours:minutes:seconds, minutes:seconds or minutes.
        return parts.count == 3 ? parts[0] * 60 + parts[1] : parts[0]
    }
}

/// A task of a job, as the queue has it.
public struct SlurmTask: Hashable, Sendable {
    /// `17`, or `17_3` of an array.
    public let id: String
    public let jobName: String
    public let state: String
    /// Where it runs or ran.
    public let node: String
    public let reason: String

    /// Whether it waits, runs, or will run again.
    public var isActive: Bool {
        switch state {
        case "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
            "REVOKED", "TIMEOUT":
            false
        default: true
        }
    }

    public var isRunning: Bool { state == "RUNNING" || state == "COMPLETING" }

    /// Whether it waits until somebody releases it: after a start that failed Slurm holds a task, and a user or an administrator
    /// may.
    public var isHeld: Bool { state == "PENDING" && reason.lowercased().contains("held") }

    /// Whether it is the node's fault that it ended.
    public var hasFailedWithItsNode: Bool { state == "NODE_FAIL" || state == "BOOT_FAIL" }

    /// - Parameter line: `%i|%j|%T|%N|%r`
    public init?(line: String) {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 5, !fields[0].isEmpty else { return nil }
        (id, jobName, state, node) = (fields[0], fields[1], fields[2], fields[3])
        reason = fields[4...].joined(separator: "|")
    }
}
