import ArgumentParser
import Foundation
import Kernels

@main
struct RunBenchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Times pulid-run's parts on random weights, alone or beside peers, and prints a Markdown table."
    )

    @Option(name: .long, parsing: .upToNextOption, help: "Of the picture: tiny (the embedded models), 512, 1024.")
    var size: [PictureSize] = [.tiny]
    @Option(name: .long, parsing: .upToNextOption, help: "kernels, unet, vae, training, startup, render.")
    var only: [BenchmarkCase.Group] = [.kernels, .unet, .vae, .training]
    @Option(help: "Only cases whose name contains this.")
    var matching = ""
    @Option(help: "How often each side runs; medians are printed.")
    var runs = 3
    @Option(help: "How many threads; every processor's unless given.")
    var threads: Int?
    @Option(help: "What is measured: wall, or processor where others use the machine too.")
    var clock = Clock.wall
    @Option(help: "What products are computed in: f32; bf16 or int8, by turns with f32, and asked of peers, too.")
    var precision = ProductPrecision.f32
    @Option(help: "Where random weights are kept between runs: 6 GB at full size.")
    var weights = NSTemporaryDirectory() + "pulid-run-benchmark"
    @Option(help: "The pulid-run to render with.")
    var program = "../.build/release/pulid-run"
    @Option(help: "The models to render with: at full size what scripts/full_size_models.py makes.")
    var models = "../models/tiny"
    @Option(help: "A peer's command, such as 'python peers/torch_peer.py'. May be given several times.")
    var peer: [String] = []
    @Flag(help: "One call of the UNet without an identity.")
    var withoutIdentity = false
    @Flag(help: "Tell where the time of each network goes, operation by operation.")
    var operations = false

    func run() throws {
        try ComputeSettings.with(threads: threads ?? ComputeSettings.current.threads) {
            let machine = MachineReport(clock)
            print(
                "\(machine.processor), \(machine.threads) threads; \(machine.vectors) multiply-adds in registers:",
                "\(rounded(machine.peak / 1e9, digits: 0)) GFLOP/s; medians of \(runs), interleaved, \(clock.rawValue) time,",
                "\(precision.rawValue); rounded products by \(ComputeSettings.current.kernels)\n"
            )
            let peers = try peer.map { try Peer($0.split(separator: " ").map(String.init)) }
            defer { peers.forEach { $0.stop() } }
            let table = ResultTable(
                peers: (precision != .f32 ? [Self.ourFloat32] : []) + peers.map(\.name),
                peak: machine.peak
            )
            print(table.header)
            var profiles: [String] = []
            for benchmark in size.flatMap(cases) {
                let (row, profile) = try measure(benchmark, beside: peers)
                print(table.line(row))
                fflush(nil)
                profiles += profile.map { ["- \(benchmark.name): \($0)"] } ?? []
            }
            if !profiles.isEmpty { print("\n" + profiles.joined(separator: "\n")) }
        }
    }

    private func cases(_ size: PictureSize) -> [BenchmarkCase] {
        let folder = URL(fileURLWithPath: weights)
        let store = RandomWeights(folder: folder)
        return
            (KernelCases(weights: store, size: size).all
            + NetworkCases(
                weights: store,
                size: size,
                withIdentity: !withoutIdentity,
                model: URL(fileURLWithPath: models).appendingPathComponent("sdxl").path
            ).all
            + RenderCases(
                program: URL(fileURLWithPath: program).path,
                models: URL(fileURLWithPath: models),
                size: size,
                precision: precision,
                scratch: folder
            ).all)
            .filter { only.contains($0.group) && (matching.isEmpty || $0.name.contains(matching)) }
    }

    /// How tables call our own time in 32 bits beside that of rounded numbers.
    private static let ourFloat32 = "f32"

    /// Ours and theirs by turns, after one run of each that does not count.
    private func measure(
        _ benchmark: BenchmarkCase,
        beside peers: [Peer]
    ) throws -> (row: ResultTable.Row, profile: String?) {
        let precise = precision != .f32 ? try benchmark.inFloat32?() : nil
        let work = try benchmark.setUp()
        func run(_ precision: ProductPrecision) throws -> BenchmarkCase.Outcome {
            try ComputeSettings.with(precision: precision.settings, precision == .f32 ? precise ?? work : work)
        }
        let least = benchmark.group == .kernels || size == [.tiny] ? 0.1 : 0
        var row = ResultTable.Row(name: benchmark.name, work: benchmark.work)
        func timed(_ precision: ProductPrecision) throws -> (seconds: Double, peak: Int) {
            ProcessMemory.resetPeak()
            var outcome = BenchmarkCase.Outcome()
            let seconds = try clock.seconds(least: least, threads: ComputeSettings.current.threads) {
                outcome = try run(precision)
            }
            return (outcome.seconds ?? seconds, outcome.peak ?? ProcessMemory.peak ?? 0)
        }
        if benchmark.group != .render { _ = try run(precision) }
        for _ in 0..<runs {
            let ours = try timed(precision)
            row.ours.add(ours.seconds)
            row.peak = max(row.peak ?? 0, ours.peak)
            if precision != .f32 {
                let precise = try timed(.f32)
                row.peers[Self.ourFloat32, default: Timing()].add(precise.seconds)
                row.peerPeaks[Self.ourFloat32] = max(row.peerPeaks[Self.ourFloat32] ?? 0, precise.peak)
            }
            guard var task = benchmark.task else { continue }
            task["least_ms"] = .int(Int(least * 1000))
            task["clock"] = .string(clock.rawValue)
            task["threads"] = .int(ComputeSettings.current.threads)
            task["precision"] = .string(precision.rawValue)
            for peer in peers {
                let answer = try peer.answer(task)
                if let error = answer.error { FileHandle.standardError.write(Data("\(peer.name): \(error)\n".utf8)) }
                if let seconds = answer.seconds { row.peers[peer.name, default: Timing()].add(seconds) }
                row.peerPeaks[peer.name] = answer.peak
            }
        }
        guard [.unet, .vae, .training].contains(benchmark.group) else { return (row, nil) }
        let profile = try Profile { _ = try run(precision) }
        return (row, profile.summary + (operations ? "\n" + profile.listing : ""))
    }
}

extension PictureSize: ExpressibleByArgument {}
extension ProductPrecision: ExpressibleByArgument {}
extension Clock: ExpressibleByArgument {}
extension BenchmarkCase.Group: ExpressibleByArgument {}
