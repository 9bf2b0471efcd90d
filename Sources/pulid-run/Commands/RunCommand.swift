import ArgumentParser
import Graph
import Kernels
import Nodes
import Recipes
import Report
import Runner

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a recipe: what is not in the cache, and no more."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var targets: TargetOptions
    @OptionGroup var shard: ShardOptions
    @OptionGroup var options: ExecutionOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var failures: FailureOptions

    @Flag(
        help: ArgumentHelp(
            "Tell a missing baseline (exit status 4) from one that is no longer met (1), and write failed pictures.",
            discussion:
                "Of each picture that is not as its baseline, failed/ in the output folder has it and the difference."
        )
    )
    var ci = false

    @Flag(
        help: ArgumentHelp(
            "Train together with the other processes that mpirun or srun started; results do not depend on it.",
            discussion:
                "By OpenMPI. The first runs the recipe, and all compute the gradients of its trainings (docs/SCALE.md)."
        )
    )
    var mpi = false

    @Option(
        help: ArgumentHelp("Write a report on the run, with its pictures, for a browser.", valueName: "file.html"),
        completion: .file(extensions: ["html"])
    )
    var report: String?

    @OptionGroup var serving: ServeOptions

    func validate() throws {
        if mpi, serving.serve || serving.watch || shard.shard != nil {
            throw ValidationError(
                "--mpi goes with neither --serve, --watch nor --shard: all processes run one recipe once"
            )
        }
        if report != nil || serving.serve, shard.shard != nil {
            throw ValidationError("a shard makes no report: the run of the whole recipe does")
        }
    }

    func run() throws {
        try reportingFailures(format) {
            let execution = try Execution(options)
            if mpi { return try runTogether(execution) }
            guard serving.serve || serving.watch else {
                return try reportingObstacles { try execute(targets.load(recipe), execution) }
            }
            return try RunSession(command: self, execution).run()
        }
    }

    /// As the first of several processes, or as another of them.
    private func runTogether(_ execution: Execution) throws -> Runner.ExitStatus {
        let processes: MPITeam
        do { processes = try MPITeam() } catch { throw ValidationError("\(error)") }
        let team = try SharedTraining(processes, numerics: Gemm.numericsClass + " \(options.numerics.precision)")
        let loaded = try targets.load(recipe)
        // One that ends without leaving ends all of them: only where nothing is to be waited for any more.
        guard team.leads else {
            try execution.follow(team, loaded.graph, targets.runOptions(recipe, loaded))
            processes.leave()
            return .success
        }
        let status = try execute(loaded, execution, team: team)
        team.end()
        processes.leave()
        return status
    }

    /// A report on an earlier run does not stay where there was none now.
    func reportingObstacles<Result>(_ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch {
            guard let report else { throw error }
            let nowhere = SourceLocation(file: recipe.recipe, line: 0, column: 0)
            let invalid = error as? RecipeError
            let subject = ReportSubject(
                invalid?.diagnostics ?? [Diagnostic(.error, "\(error)", at: nowhere)],
                of: recipe.recipe,
                sources: invalid?.sources ?? RecipeSources(),
                options: RunOptions(
                    out: targets.out ?? "out",
                    recipe: recipe.absolutePath,
                    settings: recipe.settings
                ),
                program: Program.description(options.numerics)
            )
            do {
                try ReportFile.write(subject, to: report)
            } catch {
                Terminal.error("error: \(ReportFileError(path: report, reason: "\(error)"))\n")
            }
            throw error
        }
    }

    /// - Parameter site: where the report is shown meanwhile.
    /// - Throws: what `Execution` throws.
    func execute(
        _ loaded: LoadedRecipe,
        _ execution: Execution,
        site: ReportSite? = nil,
        team: SharedTraining? = nil
    ) throws -> Runner.ExitStatus {
        loaded.show(format.format)
        try loaded.checkNeeded(targets.only + targets.force)
        var runOptions = targets.runOptions(recipe, loaded)
        runOptions.keepGoing = failures.keepGoing
        runOptions.lock = try BaselineLock.read(for: loaded.graph)
        runOptions.shard = try shard.shardOfRun()
        let graph = runOptions.lock?.accepted(in: loaded.graph) ?? loaded.graph
        let pictures = PicturePlaces(graph, out: runOptions.out, hasFailed: ci)
        let reports = try Reports(format, for: loaded, options.verbosity, pictures: pictures)
        let status = try execution(
            graph,
            runOptions,
            reporter: reports.reporter,
            report: runReport(loaded, graph, runOptions, site),
            missingBaseline: ci ? .baselineMissing : .expectationFailed,
            team: team
        )
        return reports.status(after: status)
    }

    /// nil where none is asked for.
    private func runReport(
        _ loaded: LoadedRecipe,
        _ graph: ExecutionGraph,
        _ runOptions: RunOptions,
        _ site: ReportSite?
    ) -> RunReport? {
        guard report != nil || site != nil || ci else { return nil }
        let program = Program.description(options.numerics)
        let subject = ReportSubject(loaded, graph: graph, options: runOptions, program: program)
        return RunReport(subject, path: report, hasPictures: ci, site: site)
    }
}
