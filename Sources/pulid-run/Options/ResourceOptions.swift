import ArgumentParser
import Checkpoints
import Foundation
import Graph
import Kernels
import Runner
import Store

/// How much of the machine a run uses.
struct ResourceOptions: ParsableArguments {
    @Option(help: "How many nodes may run at the same time.")
    var jobs = 1

    @Option(
        help: ArgumentHelp(
            "How many threads the mathematics may use; results do not depend on it.",
            discussion: "Else as many as there are processors that the system, its control group and Slurm give."
        )
    )
    var threads: Int?

    @Option(
        help: ArgumentHelp(
            "How much memory to make do with, such as 8GiB; results do not depend on it.",
            discussion:
                "Nodes that need more wait for each other, and networks and values that were not used for longest are let "
                + "go of, and had again when they are needed. Else three quarters of what the machine, its control group "
                + "or Slurm gives, whichever is least.",
            valueName: "size"
        )
    )
    var memory: ByteCount?

    @Flag(
        help: ArgumentHelp(
            "Copy weights into memory, instead of reading them where they lie in their files; results do not depend on it.",
            discussion:
                "It is done without being asked for on network file systems, for files of up to half of the memory. Every "
                + "process then has its own copy, and a file that is replaced or shortened disturbs no run."
        )
    )
    var copyWeights = false

    /// Which files' weights are copied.
    var copies: WeightCopies {
        let (isAsked, memory) = (copyWeights, memoryLimit)
        return WeightCopies { path, bytes in
            isAsked || bytes <= memory / 2 && FileSystemKind(at: path)?.isNetwork ?? false
        }
    }

    private var memoryLimit: Int { memory?.bytes ?? MemoryReadings.here.least.share }

    /// Where loaded networks are kept.
    var residents: Residents {
        Residents(MemoryBudget(limit: memoryLimit))
    }

    /// How many threads the mathematics uses.
    var width: Int { threads ?? ProcessorReadings.here.least.count }

    /// Beside the first: one for each of several jobs, those of the mathematics, three for the cache, and one that tells
    /// that a run goes on.
    static func leastThreads(jobs: Int, width: Int = ProcessorReadings.here.least.count) -> Int {
        (jobs > 1 ? jobs : 0) + width - 1 + 4
    }

    func validate() throws {
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs must be from 1 to 256") }
        if let memory, memory.bytes == 0 { throw ValidationError("--memory must be more than nothing") }
        if let memory, memory.bytes < 1000 {
            throw ValidationError("--memory \(memory) is too little for any run; name the unit, as in 8GiB")
        }
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads must be from 1 to 1024")
        }
    }
}
