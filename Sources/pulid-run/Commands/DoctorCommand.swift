import ArgumentParser
import Foundation
import Kernels
import Runner
import Store

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine offers, and what stands in the way."
    )

    @OptionGroup var cache: CacheOptions
    @OptionGroup var resources: ResourceOptions

    func run() throws {
        try reportingFailures {
            line("program", "pulid-run \(Program.version); \(Gemm.numericsClass)")
            line("processor", "\(resources.threads ?? Parallel.width) threads, \(Self.instructions)")
            let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
            let networks = ByteCount(resources.residents.budget.limit)
            line("memory", "\(ByteCount(memory)); networks are kept in \(networks) of it (--memory)")
            var problems = Self.problems(memory: memory)
            let store = try cache.open { Terminal.output("warning: \($0)\n") }
            defer { store.close() }
            let statistics = store.statistics()
            let size = "\(ByteCount(statistics.bytesOnDisk)), \(statistics.results) results"
            let free = Self.free(at: cache.location.path)
            line("cache", "\(cache.location.path): \(size)" + (free.map { "; \(ByteCount($0)) of disk left" } ?? ""))
            if !store.isWritable { problems.append("the cache cannot be written: nothing is kept between runs") }
            if let free, free < 1 << 30 {
                problems.append("the disk of the cache is nearly full: `pulid-run cache gc`")
            }
            for problem in problems { Terminal.output("warning: \(problem)\n") }
            return .success
        }
    }

    private func line(_ name: String, _ text: String) {
        Terminal.output(name.padding(toLength: 11, withPad: " ", startingAt: 0) + text + "\n")
    }

    private static var instructions: String {
        switch Gemm.level {
        case PK_GEMM_AVX512: "AVX-512"
        case PK_GEMM_AVX2: "AVX2"
        case PK_GEMM_PORTABLE: "vectors of 128 bits"
        default: "no AVX2"
        }
    }

    private static func problems(memory: Int) -> [String] {
        var problems: [String] = []
        if Gemm.level == PK_GEMM_UNFUSED {
            problems.append("without AVX2 and FMA pictures take several times as long, and differ in their last bits")
        }
        if memory < 8 << 30 {
            problems.append(
                "SDXL's own weights need 8 GB of memory at 1024x1024; the embedded models need none of that"
            )
        }
        return problems
    }

    /// Bytes that are left on the disk of a folder.
    private static func free(at folder: String) -> Int? {
        var system = statvfs()
        guard statvfs(folder, &system) == 0 else { return nil }
        return Int(clamping: UInt64(system.f_bavail) * UInt64(system.f_frsize))
    }
}
