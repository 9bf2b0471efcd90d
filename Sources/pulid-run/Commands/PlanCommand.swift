import ArgumentParser
import Cluster
import Graph
import Recipes
import Runner

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Say what would run, what is cached, and why."
    )

    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var targets: TargetOptions
    @OptionGroup var shard: ShardOptions
    @OptionGroup var cache: CacheOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var numerics: NumericsOptions
    @OptionGroup var format: FormatOptions
    @OptionGroup var failures: FailureOptions

    @Flag(name: .shortAndLong, help: "Each reason for which the cells of a node run, not the gravest alone.")
    var verbose = false

    @Option(
        help: ArgumentHelp("Say what each of so many parts of the work is, and what it costs.", valueName: "n"),
        transform: shardCount
    )
    var shards: Int?

    @Option(
        help: ArgumentHelp(
            "With --shards: divide what is missing, by what its like took before, and write the division for run --division.",
            valueName: "file"
        ),
        completion: .file()
    )
    var writeDivision: String?

    @Option(
        help: ArgumentHelp(
            "With --shards: print the work as \(PrintedSweep.allCases.map(\.rawValue).joined(separator: ", ")) takes it.",
            valueName: "scheduler"
        )
    )
    var print: PrintedSweep?

    @Option(help: ArgumentHelp("With --print kubernetes: the container's image.", valueName: "image"))
    var image = "pulid-run"

    func validate() throws {
        try format.requireThatOfALook("plan")
        if print != nil, shards == nil { throw ValidationError("--print goes with --shards") }
        if shards != nil, shard.shard != nil { throw ValidationError("--shards and --shard exclude each other") }
        if writeDivision != nil, shards == nil { throw ValidationError("--write-division goes with --shards") }
    }

    func run() throws {
        try reportingFailures(format: format.format) {
            let loaded = try targets.load(recipe)
            loaded.show(format.format)
            try loaded.checkNeeded(targets.only + targets.force)
            let warn: @Sendable (String) -> Void = { Terminal.error("warning: \($0)\n") }
            let store = try cache.openToLook(remote: remote.cache(mayWrite: false, warn: warn), warn: warn)
            defer { store.close() }
            var options = targets.runOptions(recipe, loaded)
            options.keepGoing = failures.keepGoing
            options.lock = try BaselineLock.read(for: loaded.graph)
            options.shard = try shard.shardOfRun()
            let run = try RecipeRun(
                loaded.graph,
                store: store,
                options: options,
                environment: Program.environment(numerics)
            )
            let plan = run.plan()
            for warning in plan.warnings { warn(TerminalText(warning).escaped()) }
            if let print, let shards { return try self.print(print, into: shards, run, plan, of: loaded) }
            switch format.format {
            case .json: Terminal.output(PlanJSON(plan, of: loaded.graph).text)
            case .text, .github, .junit, .markdown:
                Terminal.output("\(PlanTable(plan, of: loaded.graph, allReasons: verbose))\n")
            }
            if let shards { try divide(into: shards, run, plan, of: loaded.graph) }
            let obstacles = plan.obstacles.compactMap(\.failure)
            loaded.renderer.show(plan.failures.map(\.diagnostic) + obstacles, format: format.format)
            if format.format == .text, plan.endsEarly, !failures.keepGoing {
                Terminal.error("hint: a run ends with that failure; --keep-going runs what does not rest on it\n")
            }
            return plan.failures.allSatisfy(\.isMissingBaseline) && obstacles.isEmpty ? .success : .nodeFailed
        }
    }

    /// - Throws: `SystemError`.
    private func divide(into count: Int, _ run: RecipeRun, _ plan: Plan, of graph: ExecutionGraph) throws {
        let division = try division(into: count, run, plan, of: graph)
        let table = DivisionTable(division, of: graph)
        switch format.format {
        case .json: Terminal.output(table.json)
        case .text, .github, .junit, .markdown: Terminal.output("\n\(table)")
        }
    }
}

extension PlanCommand {
    /// - Throws: `SystemError`.
    private func division(
        into count: Int,
        _ run: RecipeRun,
        _ plan: Plan,
        of graph: ExecutionGraph
    ) throws -> Division {
        guard let writeDivision else { return run.fixedDivision(for: plan, into: count) }
        let division = run.division(of: plan, into: count)
        try DivisionFile.write(division, of: graph, to: writeDivision)
        return division
    }

    /// - Throws: `SystemError`.
    private func print(
        _ scheduler: PrintedSweep,
        into count: Int,
        _ run: RecipeRun,
        _ plan: Plan,
        of loaded: LoadedRecipe
    ) throws -> Runner.ExitStatus {
        loaded.renderer.show(plan.failures.map(\.diagnostic), format: .text)
        let division = try division(into: count, run, plan, of: loaded.graph)
        var arguments = recipe.settings.flatMap { ["--set", $0] } + targets.only.flatMap { ["--only", $0] }
        arguments += numerics.arguments
        arguments += remote.arguments
        let job = SweepJob(
            name: loaded.graph.name,
            program: "pulid-run",
            recipe: recipe.recipe,
            arguments: arguments,
            cache: cache.folder,
            division: writeDivision,
            lastArguments: targets.out.map { ["--out", $0] } ?? [],
            shards: count,
            hasShared: division.shared.nodes > 0
        )
        Terminal.output(scheduler.text(of: job, image: image))
        return plan.failures.allSatisfy(\.isMissingBaseline) ? .success : .nodeFailed
    }
}

extension PrintedSweep: ExpressibleByArgument {}

private func shardCount(_ text: String) throws -> Int {
    guard let count = Int(text), (1...Shard.mostShards).contains(count) else {
        throw ValidationError("--shards must be from 1 to \(Shard.mostShards)")
    }
    return count
}
