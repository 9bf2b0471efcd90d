import Cluster
import Foundation
import Graph
import Recipes
import Runner
import Store

/// A recipe as a sweep on Slurm: what is missing, divided, and written as scripts.
struct SlurmSweep {
    let job: SweepJob
    let request: SlurmRequest
    let division: Division
    let limits: SlurmLimits

    /// Seconds of work that a task is worth its start.
    private static let leastSeconds = 30.0
    /// A task computes so much longer than it loads models.
    private static let loadingShare = 10.0
    /// Bytes a second that a model is loaded by.
    private static let loadingRate = 500e6
    /// Of a task beside the weights.
    private static let usualMemory = 2 << 30
    /// Shards for each node, so that one that is slower than the others is given fewer.
    private static let shardsPerNode = 15
    private static let mostShardsUnasked = 1000

    /// What all runs are told: as `pulid-run slurm` was.
    struct Arguments {
        let recipe: String
        let all: [String]
        let cache: String
        let division: String
        let last: [String]
    }

    /// - Parameters:
    ///   - peak: bytes that a task took at most, where that was measured.
    ///   - factor: how much more than that is asked for, as tasks came to an end for lack of it.
    init(
        _ run: RecipeRun,
        _ plan: Plan,
        of graph: ExecutionGraph,
        _ options: SlurmOptions,
        _ limits: SlurmLimits,
        _ arguments: Arguments,
        peak: Int?,
        factor: Int,
        excluded: [String]
    ) {
        let whole = run.division(of: plan, into: 1)
        let weights = run.weightBytes(of: plan)
        let loading = Double(weights) / Self.loadingRate
        let least = max(Self.leastSeconds, Self.loadingShare * loading)
        let worth = Int(min(whole.shards[0].seconds / least, 1e6))
        let usual = min(options.nodes.map { $0 * Self.shardsPerNode } ?? Self.mostShardsUnasked, worth)
        // One alone needs no array.
        let asked = whole.shards[0].nodes == 0 ? 0 : options.shards ?? (usual < 2 ? 0 : usual)
        let count = min(asked, limits.mostShards)
        division = count > 1 ? run.division(of: plan, into: count) : whole
        job = SweepJob(
            name: graph.name,
            program: Self.program,
            recipe: arguments.recipe,
            arguments: arguments.all,
            cache: arguments.cache,
            division: arguments.division,
            lastArguments: arguments.last,
            shards: count,
            hasShared: count > 0 && division.shared.nodes > 0
        )
        let longest = division.shards.map(\.seconds).max() ?? 0
        let last = division.rest.seconds + longest + 0.02 * Double(plan.steps.count)
        func minutes(_ seconds: Double) -> Int {
            let minutes = Int((min(2 * seconds + loading, 1e7) / 60).rounded(.up)) + 2
            return min(options.time ?? minutes, limits.mostMinutes ?? Int.max)
        }
        let memory =
            options.mem?.bytes ?? peak.map { max($0 / 4 * 5, 512 << 20) * factor } ?? Self.usualMemory + weights
        request = SlurmRequest(
            atOnce: options.nodes,
            memory: max(1, memory >> 20),
            minutes: minutes(max(longest, division.shared.seconds)),
            lastMinutes: minutes(last),
            processors: options.cpusPerTask,
            excluded: excluded,
            options: (options.partition.map { ["--partition=\($0)"] } ?? []) + options.sbatch
        )
        self.limits = limits
    }

    /// This program, as nodes find it too if they have it at the same place.
    static var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }
}
