import ArgumentParser
import Foundation
import Graph
import Recipes
import Runner

/// What `run` and `plan` have in common: which part of a recipe, and where its outputs are.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder for outputs.", discussion: "Else out/<recipe>.", valueName: "dir"),
        completion: .directory
    )
    var out: String?

    @Option(help: ArgumentHelp("Run this node and what it needs, and no more.", valueName: "node"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Run this node though its result is known.", valueName: "node"))
    var force: [String] = []

    func runOptions(_ recipe: RecipeOptions, _ loaded: LoadedRecipe) -> RunOptions {
        RunOptions(
            out: out ?? "out/\(loaded.graph.name)",
            recipe: recipe.absolutePath,
            settings: loaded.settings,
            only: only,
            force: force
        )
    }
}

/// How much of the machine a run uses.
struct ResourceOptions: ParsableArguments {
    @Option(help: "How many nodes may run at the same time.")
    var jobs = 1

    @Option(help: "How many threads the mathematics may use; results do not depend on it.")
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "How much memory to make do with, such as 8GiB; results do not depend on it.",
            discussion:
                "Two thirds of it are for networks: those not used for longest are let go of before another "
                + "is loaded, and loaded again when they are needed. The rest is for what is computed, which nothing "
                + "limits. Else three quarters of the machine's memory.",
            valueName: "size"
        )
    )
    var memory: ByteCount?

    /// Where loaded networks are kept.
    var residents: Residents {
        let machine = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        return Residents(MemoryBudget(limit: memory?.bytes ?? machine / 4 * 3))
    }

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 256") }
        if let memory, memory.bytes == 0 { throw ValidationError("--memory must be more than nothing") }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024")
        }
    }
}

struct FormatOptions: ParsableArguments {
    @Option(help: "How to report: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format = ReportFormat.text
}

extension ReportFormat: ExpressibleByArgument {}
