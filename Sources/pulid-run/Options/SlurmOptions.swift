import ArgumentParser

/// What is asked of Slurm, where that is not what was measured.
struct SlurmOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Divide the work into so many parts, each a task.", valueName: "n"))
    var shards: Int?

    @Option(help: ArgumentHelp("Run at most so many tasks at the same time.", valueName: "n"))
    var nodes: Int?

    @Option(help: ArgumentHelp("The memory of a task.", discussion: "Else by what was measured.", valueName: "size"))
    var mem: ByteCount?

    @Option(
        help: ArgumentHelp(
            "The minutes of a task; what is not done then goes on in the task's next turn.",
            discussion: "Else twice what is expected.",
            valueName: "minutes"
        )
    )
    var time: Int?

    @Option(help: ArgumentHelp("The processors of a task.", valueName: "n"))
    var cpusPerTask: Int?

    @Option(help: "The partition.")
    var partition: String?

    @Option(help: ArgumentHelp("Another option of sbatch, such as --sbatch=--account=faces.", valueName: "option"))
    var sbatch: [String] = []

    func validate() throws {
        for (name, value) in [("shards", shards), ("nodes", nodes), ("time", time), ("cpus-per-task", cpusPerTask)] {
            if let value, !(1...100_000).contains(value) {
                throw ValidationError("--\(name) must be from 1 to 100000")
            }
        }
        if let option = sbatch.first(where: { !$0.hasPrefix("-") || $0.contains("\n") }) {
            throw ValidationError("--sbatch=\(option): an option of sbatch begins with a dash")
        }
    }
}
