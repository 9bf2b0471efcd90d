import ArgumentParser
import Foundation
import Kernels
import ModelFiles
import Recipes
import Runner
import Store
import Synchronization

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what this machine offers, and what is missing; of models, too, where files or folders are named."
    )

    @Argument(
        help: "Files and folders of models, by whose headers it is said what they are and what is wrong with them."
    )
    var models: [String] = []
    @OptionGroup var cache: CacheOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var resources: ResourceOptions

    func run() throws {
        try reportingFailures {
            var rows = machine
            defer { Terminal.output("\(TextColumns(rows))") }
            var problems = Self.problems(memory: MemoryReadings.here.least.bytes)
            let said = Mutex<[String]>([])
            let store = try cache.openToLook { warning in said.withLock { $0.append(warning) } }
            defer { store.close() }
            let statistics = store.statistics()
            let location = try cache.location()
            let (folder, isThere) = (location.path, location.isThere)
            let size =
                location.hasCache
                ? "\(ByteCount(statistics.bytesOnDisk)), \(counted(statistics.results, "result"))" : "nothing yet"
            let free = Self.free(at: folder)
            rows.append(["cache", "\(folder): \(size)" + (free.map { "; \(ByteCount($0)) of disk left" } ?? "")])
            problems = said.withLock { $0 } + problems
            if isThere, !(location.hasCache ? store.isWritable : location.isWritable) {
                problems.append("the cache cannot be written: nothing is kept between runs")
            }
            if let free, free < 1 << 30 {
                problems.append("the disk of the cache is nearly full: `pulid-run cache gc`")
            }
            if let remote = try remote.cache(warn: { warning in said.withLock { $0.append(warning) } }) {
                let found = remote.check()
                rows.append(["remote", "\(remote.tier.name): \(found.text)"])
                problems += found.problem.map { ["the remote cache: \($0)"] } ?? []
            }
            let found = models.map { FileInspection(path: $0) }
            rows += found.flatMap(Self.rows) + DownloadFolder.missing(in: found.map(\.path)).map { ["missing", $0] }
            problems += found.flatMap(\.problems).map { TerminalText($0).escaped() }
            rows += problems.map { ["warning: \($0)"] }
            return .success
        }
    }

    /// A model, or those of a folder.
    private static func rows(_ found: FileInspection) -> [[String]] {
        let isModel = found.parts.isEmpty || found.use != nil
        return (isModel ? [found] : found.parts.map(\.inspection)).map {
            ["model", TerminalText("\($0.path): \($0.kind)").escaped()]
        }
    }

    private var machine: [[String]] {
        let readings = MemoryReadings.here
        let limit =
            readings.least.source == .machine
            ? "" : ", limited to \(ByteCount(readings.least.bytes)) \(readings.least.source)"
        let share = ByteCount(resources.residents.budget.limit)
        return [
            ["program", "pulid-run \(Program.version); \(Gemm.numericsClass)"],
            ["processor", "\(threads), \(Self.instructions)"],
            ["bf16", Self.bfloat16],
            ["int8", Self.int8],
            ["memory", "\(ByteCount(readings.all[0].bytes))\(limit); a run makes do with \(share) (--memory)"],
        ]
    }

    /// How many, and what decided it: `4 threads (by $SLURM_CPUS_PER_TASK) of 64 processors`.
    private var threads: String {
        let readings = ProcessorReadings.here
        let machine = "\(readings.all[0].count) processors"
        if let threads = resources.threads { return "\(counted(threads, "thread")) (by --threads) of \(machine)" }
        let least = readings.least
        let reason = least.source == .machine ? "" : " (\(least.source)) of \(machine)"
        return "\(counted(least.count, "thread"))\(reason)"
    }

    private static var instructions: String {
        switch KernelLevel.best {
        case .amx: "AVX-512 and AMX"
        case .avx512: "AVX-512"
        case .avx2: "AVX2"
        case .portable: "vectors of 128 bits"
        case .unfused: "no AVX2"
        }
    }

    /// How products in bfloat16 are computed; their bits are the same everywhere.
    private static var bfloat16: String {
        switch KernelLevel.best {
        case .amx: "by AMX's tiles; precision: auto is bf16"
        case .avx512, .avx2: "by \(instructions) with AMX's bits, no faster than f32; precision: auto is f32"
        case .portable, .unfused: "by plain C with AMX's bits, slowly; precision: auto is f32"
        }
    }

    /// How products of integers of 8 bits are computed; their bits, too, are the same everywhere.
    private static var int8: String {
        switch KernelLevel.best {
        case .amx: "by AMX's tiles"
        case .avx512 where KernelLevel.avx512.isFastInInt8: "by AVX-512 VNNI, about twice as fast as f32"
        case .avx512, .avx2: "by \(instructions), about as fast as f32"
        case .portable, .unfused: "by plain C, slowly"
        }
    }

    private static func problems(memory: Int) -> [String] {
        var problems: [String] = []
        if KernelLevel.best == .unfused {
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
