import EngineTestSupport
import Foundation
import Graph
import Runner
import Testing

/// Random recipes, edited, run and harmed at random, against an oracle that computes everything anew: what is written, and
/// which nodes run. MODEL_CASES=5000 tries so many cases.
@Suite struct ModelTests {
    private static let from = ProcessInfo.processInfo.environment["MODEL_FROM"].flatMap { Int($0) } ?? 1
    private static let cases = ProcessInfo.processInfo.environment["MODEL_CASES"].flatMap { Int($0) } ?? 120

    @Test(arguments: from...max(cases, from)) func runsExactlyWhatItMust(seed: Int) throws {
        try Self.tryOut(seed: seed)
    }

    /// In a process of its own, whose files cannot grow for so long.
    @Test func losesNothingOnAFullDisk() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            for seed in ModelTests.from...max(ModelTests.cases / 4, ModelTests.from) {
                try ModelTests.tryOut(seed: seed, disk: .fillsUp)
            }
            try ModelTests.tryOut(seed: ModelTests.from, disk: .staysFull)
        }
    }

    private static func tryOut(seed: Int, disk: ModelDisk = .hasRoom) throws {
        var model = try Model(seed: seed, disk: disk)
        for step in 0..<6 {
            model.step = step
            try model.change()
            try model.run()
        }
        if disk == .staysFull { try model.runOnAFullDisk() }
    }
}

private enum ModelDisk {
    case hasRoom
    /// For a moment of every third run.
    case fillsUp
    /// The same, and for all of a run at the end.
    case staysFull
}

/// A recipe with its history, in the engine and in the oracle.
private struct Model {
    let seed: Int
    let disk: ModelDisk
    var step = 0
    private var random: SplitMix
    private let bench: ModelBench
    private var recipe: ModelRecipe
    private var oracle = ModelOracle()
    private var log: [String] = []

    init(seed: Int, disk: ModelDisk) throws {
        (self.seed, self.disk) = (seed, disk)
        random = SplitMix(UInt64(seed))
        bench = try ModelBench()
        recipe = ModelRecipe(&random)
        for file in ModelRecipe.files {
            try bench.write(oracle.files[file], to: "file-\(file)")
            try bench.write("\(oracle.code[file])", to: "code-\(file)")
        }
    }

    private var place: Comment { "seed \(seed): \(log.joined(separator: ", "))" }

    // MARK: - Changes

    mutating func change() throws {
        log.append("step \(step)")
        for _ in 0..<random.int(in: 0...2) { try changeOnce() }
    }

    private mutating func changeOnce() throws {
        let file = random.pick(Array(ModelRecipe.files)) ?? 0
        switch random.int(in: 0...15) {
        case 0...2:
            log.append("edit")
            recipe.setNumber(&random)
        case 3...4:
            log.append("rewire")
            recipe.rewire(&random)
        case 5:
            log.append("append")
            recipe.append(&random)
        case 6:
            log.append("switch an output")
            recipe.switchOutput(&random)
        case 7:
            log.append("touch")
            try bench.touch("file-\(file)")
        case 8:
            log.append("save anew")
            try bench.write(oracle.files[file], to: "file-\(file)")
        case 9:
            log.append("save the same number otherwise")
            oracle.files[file] += "0"
            if !oracle.files[file].contains(".") { oracle.files[file] = "\(oracle.files[file].dropLast()).0" }
            try bench.write(oracle.files[file], to: "file-\(file)")
        case 10:
            log.append("save another number")
            oracle.files[file] = "\(random.int(in: 0...3))"
            try bench.write(oracle.files[file], to: "file-\(file)")
        case 11:
            log.append("evict")
            try bench.evict()
            oracle.evict()
        case 12:
            guard let value = random.pick(paintings), try bench.damage(value.bytes) else { return }
            log.append("damage")
            oracle.damage(value)
        case 13:
            guard let index = random.pick(recipe.outputs) else { return }
            log.append("remove \(recipe.nodes[index].output)")
            bench.removeOutput(recipe.nodes[index].output)
        case 14:
            guard let index = random.pick(recipe.outputs) else { return }
            log.append("spoil \(recipe.nodes[index].output)")
            try bench.spoilOutput(recipe.nodes[index].output)
        default:
            log.append("change code")
            oracle.code[file] = Double(random.int(in: 0...3))
            try bench.write("\(oracle.code[file])", to: "code-\(file)")
        }
    }

    /// Pictures that the cache holds, in one order.
    private var paintings: [ModelValue] {
        oracle.values.filter { if case .pixels = $0 { true } else { false } }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    // MARK: - Runs

    mutating func run() throws {
        var request = ModelBench.Request(keepGoing: random.once(in: 2), jobs: random.int(in: 1...3))
        // Of two equal nodes one alone is not forced.
        let drifting = recipe.nodes.filter { $0.kind == .drift }
        let names = Set(
            recipe.nodes.filter { node in node.kind != .drift || drifting.count { $0.file == node.file } == 1 }.map(
                \.name
            )
        ).sorted()
        if random.once(in: 8), let name = random.pick(names) { request.only = [name] }
        if random.once(in: 8), let name = random.pick(names) { request.force = [name] }
        if random.once(in: 20) { oracle.numerics += "'" }
        request.numerics = oracle.numerics
        if disk != .hasRoom, random.once(in: 3) { request.fillsUpAfter = random.int(in: 1...4) }
        switch random.int(in: 0...11) {
        case 0: request.isReadOnly = true
        case 1: request.stopsAfter = random.int(in: 1...5)
        case 2: return try runKilled(request)
        case 3: return try runTwice(request)
        case 4: return try runBesideEviction(request)
        default: break
        }
        let (prediction, before) = predict(request)
        let report = try bench.run(graph, request)
        log.append("run \(request), ran \(report.ran)")
        judge(report, prediction, before, request)
        if !request.isReadOnly { learn(report.ran, prediction) }
        try judgePlan(report, prediction, request)
    }

    /// A kill: outputs are written, and the cache knows of nothing.
    private mutating func runKilled(_ request: ModelBench.Request) throws {
        var request = request
        request.stopsAfter = random.int(in: 1...6)
        let (prediction, before) = predict(request)
        let report = try bench.keepingCache { try bench.run(graph, request) }
        log.append("killed \(request), \(report), \(prediction.values) \(recipe)")
        judge(report, prediction, before, request)
    }

    /// From before the cache is opened, which may then not be read either: outputs are written all the same, and it is said.
    mutating func runOnAFullDisk() throws {
        log.append("a disk that stays full")
        let request = ModelBench.Request(keepGoing: true, numerics: oracle.numerics, fillsUpAfter: 0, staysFull: true)
        let (prediction, before) = predict(request)
        let report = try bench.run(graph, request)
        judgeEnd(report, prediction, before, request)
        #expect(!report.warnings.isEmpty, place)
        // With room again, it is there as it was.
        try run()
    }

    private mutating func runTwice(_ request: ModelBench.Request) throws {
        var request = request
        request.keepGoing = true
        request.force = []
        let (prediction, before) = predict(request)
        let reports = try bench.runTwice(graph, request)
        log.append("twice \(request)")
        for report in reports { judgeEnd(report, prediction, before, request) }
        let ran = reports.flatMap { keys($0.ran, prediction) }
        if prediction.drifted.isEmpty {
            #expect(prediction.least.isSubset(of: ran) && prediction.most.isSuperset(of: ran), place)
            #expect(Set(ran).count == ran.count, "a node ran twice: \(place)")
        }
        for report in reports { learn(report.ran, prediction) }
    }

    /// Another process evicts all values in the middle: nodes may run again, and nothing else changes.
    private mutating func runBesideEviction(_ request: ModelBench.Request) throws {
        var request = request
        request.evictsAfter = random.int(in: 1...4)
        oracle.evict()
        let (prediction, before) = predict(request)
        let report = try bench.run(graph, request)
        log.append("eviction beside \(request)")
        judgeEnd(report, prediction, before, request)
        #expect(prediction.most.isSuperset(of: keys(report.ran, prediction)), place)
        learn(report.ran, prediction)
        try bench.evict()
        oracle.evict()
    }

    private var graph: ExecutionGraph { recipe.graph { bench.path($0) } }

    private func targets(_ request: ModelBench.Request) -> [Int] {
        request.only.isEmpty
            ? recipe.outputs : recipe.nodes.indices.filter { request.only.contains(recipe.nodes[$0].name) }
    }

    private func predict(_ request: ModelBench.Request) -> (ModelOracle.Prediction, [String: [UInt8]]) {
        var before: [String: [UInt8]] = [:]
        for node in recipe.nodes { before[node.output] = bench.output(node.output) }
        let written = Set(recipe.outputs)
        let prediction = oracle.predict(recipe, targets: targets(request), forced: Set(request.force)) { index, value in
            guard written.contains(index) else { return true }
            return before[recipe.nodes[index].output].map { Self.shows($0, value) } ?? false
        }
        return (prediction, before)
    }

    private static func shows(_ file: [UInt8], _ value: ModelValue) -> Bool {
        if case .pixels(let pixels) = value {
            return file.starts(with: Array("P5".utf8)) && file.suffix(64) == pixels[...]
        }
        return file == value.bytes
    }

    private func keys(_ titles: [String], _ prediction: ModelOracle.Prediction) -> [String] {
        titles.compactMap { title in
            recipe.nodes.firstIndex { $0.title == title }.flatMap { prediction.keys[$0] }
        }
    }

    private mutating func learn(_ titles: [String], _ prediction: ModelOracle.Prediction) {
        for title in titles {
            guard let index = recipe.nodes.firstIndex(where: { $0.title == title }), let key = prediction.keys[index],
                let value = prediction.values[index]
            else { continue }
            oracle.learn(key, value)
        }
    }

    // MARK: - Judgement

    private func judge(
        _ report: ModelBench.Report,
        _ prediction: ModelOracle.Prediction,
        _ before: [String: [UInt8]],
        _ request: ModelBench.Request
    ) {
        judgeEnd(report, prediction, before, request)
        let ran = keys(report.ran, prediction)
        #expect(ran.count == report.ran.count, place)
        // Where nothing can be kept, a value may be let go of before it is known who wants it too.
        #expect(Set(ran).count == ran.count || request.isReadOnly, "ran twice: \(ran): \(place)")
        #expect(prediction.most.isSuperset(of: ran), "too much ran: \(report.ran): \(place)")
        let isWhole = report.status == .success || (request.keepGoing && report.status == .nodeFailed)
        if isWhole, prediction.drifted.isEmpty {
            #expect(prediction.least.isSubset(of: ran), "too little ran: \(report.ran): \(place)")
        }
    }

    /// How it ended, and what is in the output folder.
    private func judgeEnd(
        _ report: ModelBench.Report,
        _ prediction: ModelOracle.Prediction,
        _ before: [String: [UInt8]],
        _ request: ModelBench.Request
    ) {
        let failing = Set(prediction.failing.map { recipe.nodes[$0].title })
        let drifted = Set(prediction.drifted.map { recipe.nodes[$0].title })
        #expect(failing.union(drifted).isSuperset(of: report.failed), "\(report.failed) failed: \(place)")
        if report.status != .interrupted {
            #expect((report.status == .success) == report.failed.isEmpty, place)
            if !failing.isEmpty { #expect(report.status == .nodeFailed, place) }
            if failing.isEmpty, drifted.isEmpty { #expect(report.status == .success, place) }
        }
        for index in recipe.nodes.indices {
            let node = recipe.nodes[index]
            let now = bench.output(node.output)
            let isAsked = recipe.outputs.contains(index) && targets(request).contains(index)
            if isAsked, let value = prediction.values[index] {
                let isRight = now.map { Self.shows($0, value) } ?? false
                let mayBeOld =
                    report.status != .success
                    && (!request.keepGoing || report.status == .interrupted || !drifted.isEmpty)
                #expect(isRight || mayBeOld && now == before[node.output], "\(node.output): \(place)")
            } else {
                #expect(now == before[node.output], "\(node.output): \(place)")
            }
        }
    }

    /// After a run that did all, a plan has nothing to do.
    private func judgePlan(
        _ report: ModelBench.Report,
        _ prediction: ModelOracle.Prediction,
        _ request: ModelBench.Request
    ) throws {
        guard report.status == .success, request.only.isEmpty, !request.isReadOnly,
            prediction.values.values.allSatisfy({ oracle.values.contains($0) })
        else { return }
        #expect(try bench.planned(graph, numerics: request.numerics) == [], place)
    }
}
