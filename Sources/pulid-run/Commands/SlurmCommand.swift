import ArgumentParser
import Cluster
import Foundation
import Graph
import Recipes
import Runner
import Store

struct SlurmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slurm",
        abstract: "Run a recipe on a Slurm cluster: a job array of what is missing, and a run that writes.",
        discussion: """
            Writes scripts into --folder, submits them, and shows how they stand. Ctrl-C detaches, and the same command \
            again attaches; when nothing of it is in the queue, what is missing is submitted anew. docs/SCALE.md tells more.
            """
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var targets: TargetOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var numerics: NumericsOptions
    @OptionGroup var options: SlurmOptions

    @Option(
        help: ArgumentHelp(
            "Where scripts, logs and exit statuses lie: a folder that all nodes see.",
            discussion: "Else slurm/<recipe>.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var folder: String?

    @Option(
        help: ArgumentHelp(
            "The cache's folder on the nodes, in which their shells replace $NAMES.",
            discussion: "Else that of --cache.",
            valueName: "dir"
        )
    )
    var nodeCache: String?

    @Option(
        help: ArgumentHelp("Write a page about the last run, for a browser.", valueName: "file.html"),
        completion: .file(extensions: ["html"])
    )
    var report: String?

    @Flag(help: "Write the scripts and print them, and submit nothing.")
    var print = false

    @Option(help: ArgumentHelp("Look at most so often, in seconds.", valueName: "seconds"))
    var poll = 30.0

    @Option(help: ArgumentHelp("Submit at most so often what nodes that failed have left.", valueName: "n"))
    var rounds = 3

    func validate() throws {
        guard (0.1...3600).contains(poll) else { throw ValidationError("--poll must be from 0.1 to 3600 seconds") }
        guard (1...100).contains(rounds) else { throw ValidationError("--rounds must be from 1 to 100") }
        guard targets.force.isEmpty else {
            throw ValidationError(
                "--force does not go with slurm: tasks that go on would compute anew what they have done"
            )
        }
    }

    func run() throws {
        try reportingFailures {
            let loaded = try recipe.load()
            loaded.show(.text)
            try loaded.checkNeeded(targets.only)
            return try Sweeping(self, loaded).run()
        }
    }
}

/// One call of the command: rounds of submitting and watching.
private struct Sweeping {
    private let command: SlurmCommand
    private let loaded: LoadedRecipe
    private let folder: SweepFolder
    private let jobName: String
    private let slurm: Slurm

    init(_ command: SlurmCommand, _ loaded: LoadedRecipe) {
        self.command = command
        self.loaded = loaded
        let name = loaded.graph.name
        let path = URL(fileURLWithPath: command.folder ?? "slurm/\(name)").standardizedFileURL.path
        folder = SweepFolder(path)
        let letters = name.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "-"
        }
        let all = ([command.recipe.absolutePath, path] + loaded.settings + command.targets.only).joined(separator: "\n")
        jobName = "pulid-\(String(letters.prefix(30)))-\(Digest(of: all.utf8).hex.prefix(8))"
        slurm = Slurm(user: NSUserName(), call: { try callProgram($0, $1) })
    }

    func run() throws -> Runner.ExitStatus {
        var isAttached =
            command.print ? false : try slurm.tasks(ofJobs: SlurmWatch.jobNames(jobName)).contains(where: \.isActive)
        var (excluded, factor): ([String], Int) = ([], 1)
        for round in 1...command.rounds {
            if isAttached {
                Terminal.error("attached to jobs \(jobName)\n")
            } else {
                if round == 1 { excluded = nodesThatFailed([]) }
                guard let sweep = try prepare(excluded: excluded, factor: factor) else { return .nodeFailed }
                if command.print { return .success }
                let ids = try slurm.submit("\(folder.path)/submit.sh")
                Terminal.error("submitted jobs \(ids.joined(separator: ", ")) (\(jobName)): \(said(sweep))\n")
            }
            isAttached = false
            var log = SweepLog()
            switch watch()(&log) {
            case .detached:
                Terminal.error(
                    "\ndetached: the jobs go on; the same command attaches again, scancel --name="
                        + "\(SlurmWatch.jobNames(jobName).joined(separator: ",")) ends them\n"
                )
                return .interrupted
            case .ended(let status?, _) where [0, 1, 2, 3, 4].contains(status):
                Terminal.error("\(counted(log.finished, "node")) ran; logs are in \(folder.path)/logs\n")
                return ExitStatus(rawValue: Int32(status)) ?? .nodeFailed
            case .ended(_, let tasks):
                excluded = nodesThatFailed(tasks)
                if tasks.contains(where: { $0.state == "OUT_OF_MEMORY" }) { factor *= 2 }
                let nodes = excluded.isEmpty ? "" : "; left out from now on: \(excluded.joined(separator: ", "))"
                Terminal.error("the jobs have ended and not all is done\(nodes)\n")
            }
        }
        Terminal.error("error: not done after \(command.rounds) rounds; logs are in \(folder.path)/logs\n")
        return .temporaryFailure
    }

    private func watch() -> SlurmWatch {
        let division = (try? DivisionFile(path: folder.division))?.division
        let hasShards = FileManager.default.fileExists(atPath: folder.path + "/shard.sh")
        let parts = division.map { [$0.shared, $0.rest] + $0.shards } ?? []
        return SlurmWatch(
            slurm: slurm,
            folder: folder,
            jobName: jobName,
            shards: hasShards ? division?.shards.count ?? 0 : 0,
            nodesToRun: parts.reduce(0) { $0 + $1.nodes },
            slowest: command.poll
        )
    }

    /// Those that Slurm says failed, or on which the program is not to be had or can keep nothing.
    private func nodesThatFailed(_ tasks: [SlurmTask]) -> [String] {
        let own = tasks.filter(\.hasFailedWithItsNode).map(\.node)
        // Of shards: the last run says 75 of what they have left.
        let told = folder.endings.filter { Int($0.key) != nil && $0.value.isItsNodesFault }.map(\.value.node)
        return Set(own + told).filter { !$0.isEmpty }.sorted()
    }

    private func said(_ sweep: SlurmSweep) -> String {
        let request = sweep.request
        guard sweep.job.shards > 0 else { return "there is no more to do than one task does" }
        return "\(counted(sweep.job.shards, "shard")), \(request.memory) MB and \(request.minutes) min each"
    }

    /// Plans, divides, and writes all files.
    /// - Returns: nil where something is wrong with the recipe's files, which has been said.
    private func prepare(excluded: [String], factor: Int) throws -> SlurmSweep? {
        let limits: SlurmLimits
        do {
            limits = try slurm.limits(partition: command.options.partition)
        } catch let error as SlurmError where command.print {
            Terminal.error("warning: \(error) Slurm's own limits are taken\n")
            limits = SlurmLimits(config: "", partitions: "", partition: nil)
        }
        let warn: @Sendable (String) -> Void = { Terminal.error("warning: \($0)\n") }
        let store = try command.cache.open(remote: command.remote.cache(mayWrite: false, warn: warn), warn: warn)
        defer { store.close() }
        let run = try RecipeRun(
            loaded.graph,
            store: store,
            options: command.targets.runOptions(command.recipe, loaded),
            environment: Program.environment(command.numerics)
        )
        let plan = run.plan()
        loaded.renderer.show(plan.failures.map(\.diagnostic), format: .text)
        guard plan.failures.allSatisfy(\.isMissingBaseline) else { return nil }
        var old = SweepLog()
        _ = old.read(folder.eventFiles)
        let sweep = SlurmSweep(
            run,
            plan,
            of: loaded.graph,
            command.options,
            limits,
            try arguments(),
            peak: old.peakMemory,
            factor: factor,
            excluded: excluded
        )
        let scripts = SlurmScripts(
            sweep.job,
            sweep.request,
            folder: folder.path,
            directory: FileManager.default.currentDirectoryPath,
            jobName: jobName
        ).files
        try folder.begin(scripts)
        try DivisionFile.write(sweep.division, of: loaded.graph, to: folder.division)
        if command.print { for (name, text) in scripts { Terminal.output("# \(folder.path)/\(name)\n\(text)\n") } }
        return sweep
    }

    private func arguments() throws -> SlurmSweep.Arguments {
        var all = command.recipe.settings.flatMap { ["--set", $0] } + command.targets.only.flatMap { ["--only", $0] }
        all += command.numerics.arguments
        all += command.remote.arguments
        let cache = try command.nodeCache ?? command.cache.location().path
        var last = command.targets.out.map { ["--out", $0] } ?? []
        // Writing ten thousand pictures is work for all processors.
        if let processors = command.options.cpusPerTask { last += ["--jobs", "\(min(processors, 256))"] }
        if let report = command.report { last += ["--report", report] }
        return SlurmSweep.Arguments(
            recipe: command.recipe.recipe,
            all: all,
            cache: cache,
            division: folder.division,
            last: last
        )
    }
}
