import Graph

/// The scripts that a sweep is on Slurm: short, and made to be read and run by hand.
public struct SlurmScripts: Sendable {
    private let job: SweepJob
    private let request: SlurmRequest
    private let folder: String
    private let directory: String
    private let jobName: String

    /// How long before its time is over a task is told: enough to finish a step and save.
    private var notice: Int { min(60, 30 * min(request.minutes, request.lastMinutes)) }
    /// More turns than this are no progress.
    private static let mostTurns = 100

    /// - Parameters:
    ///   - folder: where scripts, logs and exit statuses lie, which all nodes see.
    ///   - directory: where the commands are run.
    ///   - jobName: names this sweep among the user's jobs.
    public init(_ job: SweepJob, _ request: SlurmRequest, folder: String, directory: String, jobName: String) {
        self.job = job
        self.request = request
        self.folder = folder
        self.directory = directory
        self.jobName = jobName
    }

    /// By the files' names, in the order to read them.
    public var files: [(name: String, text: String)] {
        (job.shards > 0 ? [("shard.sh", shard)] : []) + [("collect.sh", collect), ("submit.sh", submit)]
    }

    private func header(minutes: Int, name: String) -> String {
        let lines =
            [
                "--job-name=\(name)", "--chdir=\(directory)", "--output=\(folder)/logs/slurm.log", "--open-mode=append",
                "--ntasks=1",
            ] + (request.processors.map { ["--cpus-per-task=\($0)"] } ?? [])
            + ["--mem=\(request.memory)M", "--time=\(minutes)", "--signal=B:USR1@\(notice)", "--requeue"]
            + (request.excluded.isEmpty ? [] : ["--exclude=\(request.excluded.joined(separator: ","))"])
            + request.options
        return lines.map { "#SBATCH \(ShellWord($0))\n" }.joined()
    }

    /// - Parameter name: of the part, as the shell has it.
    private func body(_ command: String, part: String) -> String {
        """
        folder=\(ShellWord(folder))
        exec 2>> "$folder/logs/\(part).log"
        node=${SLURMD_NODENAME:-$(hostname)}
        echo "\(part) on $node, job ${SLURM_JOB_ID:-none}, attempt $((${SLURM_RESTART_COUNT:-0} + 1))" >&2

        \(command) \\
            --keep-going --format json >> "$folder/logs/\(part).json" &
        run=$!
        # Told to stop: what is done is kept. Out of time: as well, and the job goes on from there in its next turn.
        trap 'kill -TERM $run; wait $run; exit 143' TERM
        again() { [ "${SLURM_RESTART_COUNT:-0}" -lt \(Self.mostTurns) ] && scontrol requeue "$SLURM_JOB_ID"; }
        trap 'kill -TERM $run; wait $run; again; exit 143' USR1
        wait $run
        status=$?
        echo "$status $node" > "$folder/status/\(part)"
        exit $status

        """
    }

    private var shard: String {
        """
        #!/bin/bash
        # A shard of the recipe \(job.name): shard.sh 3. What is done is in the cache: it may be run again at any time.
        \(header(minutes: request.minutes, name: jobName))
        shard=${SLURM_ARRAY_TASK_ID:-$1}
        \(body(job.shardCommand("\"$shard/\(job.shards)\""), part: "$shard"))
        """
    }

    private var collect: String {
        // One shard's work more than is usual this run may do by itself.
        let enough = job.shards - max(1, job.shards / 20)
        let check = """
            # Where many shards came to nothing, it is not for one machine to do their work.
            well=$(cat \(ShellWord(folder))/status/[1-9]* 2> /dev/null | grep -cE '^(0|3) ')
            if [ "$well" -lt \(enough) ]; then
                echo "75 $(hostname)" > \(ShellWord(folder))/status/collect
                echo "$well of \(job.shards) shards ended: pulid-run slurm submits the others again" >&2
                exit 75
            fi

            """
        return """
            #!/bin/bash
            # The whole recipe \(job.name): finds what the shards did, computes what is left, and writes.
            \(header(minutes: request.lastMinutes, name: jobName + "-collect"))
            \(enough > 0 ? check : "")\(body(job.lastCommand, part: "collect"))
            """
    }

    private var submit: String {
        var lines = [
            "#!/bin/bash", "# Submits all parts, each after the one before it, and prints the jobs' ids.", "set -e",
        ]
        lines.append("cd \(ShellWord(folder))")
        lines.append("mkdir -p logs status")
        var before = ""
        if job.hasShared {
            lines.append("shared=$(sbatch --parsable --job-name=\(jobName)-shared shard.sh 0)")
            lines.append("shared=${shared%%;*}; echo \"$shared\"")
            before = "--dependency=afterany:$shared "
        }
        if job.shards > 0 {
            let atOnce = request.atOnce.map { "%\($0)" } ?? ""
            lines.append("shards=$(sbatch --parsable \(before)--array=1-\(job.shards)\(atOnce) shard.sh)")
            lines.append("shards=${shards%%;*}; echo \"$shards\"")
            before = "--dependency=afterany:$shards "
        }
        lines.append("collect=$(sbatch --parsable \(before)collect.sh)")
        lines.append("echo \"${collect%%;*}\"")
        return lines.joined(separator: "\n") + "\n"
    }
}
