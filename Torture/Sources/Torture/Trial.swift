import Foundation

/// One try of a scenario, in a folder of its own, repeatable by its seed.
final class Trial {
    let lab: Lab
    let scenario: String
    let seed: Int
    let folder: String
    var subject: Subject
    var random: SplitMix
    var counts = Counts()
    /// More where nobody disturbs the program: only a machine that is very busy keeps it.
    private let patience: Double
    /// What went wrong, each with the last words of the program.
    private(set) var failures: [String] = []
    /// Named points at which a process was killed.
    private(set) var points: [String] = []

    var cache: String { folder + "/cache" }
    var out: String { folder + "/out" }
    var recipe: String { "\(folder)/recipe/\(subject.name).yaml" }

    init(lab: Lab, scenario: String, seed: Int, subject: Subject = .few, patience: Double? = nil) throws {
        self.patience = patience ?? lab.patience
        (self.lab, self.scenario, self.seed, self.subject) = (lab, scenario, seed, subject)
        let spread = scenario.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        random = SplitMix(UInt64(truncatingIfNeeded: seed) &* 1_000_003 &+ spread)
        folder = "\(lab.folder)/\(scenario)-\(seed)"
        Files.setWritable(true, folder)
        Files.remove(folder)
        try Files.makeFolder(folder)
        try place(subject)
    }

    /// Puts another recipe in the place of the first.
    func place(_ subject: Subject) throws {
        self.subject = subject
        Files.remove(folder + "/recipe")
        try subject.place(in: folder + "/recipe")
    }

    func clear() {
        Files.setWritable(true, folder)
        Files.remove(folder)
    }

    /// As it was before anything ran.
    func empty() {
        Files.remove(out)
        Files.remove(cache)
    }

    /// After a run that did all there was to do: gives the next one something to do.
    func startAnew() {
        Files.remove(out)
        if random.once(in: 2) { Files.remove(cache) }
    }

    // MARK: Processes

    /// Starts the program with rules for the library that harms it.
    func start(
        _ arguments: [String],
        rules: [FaultRule] = [],
        environment: [String: String] = [:],
        output: String? = nil
    )
        throws -> Child
    {
        var all = ["SWIFT_BACKTRACE": "enable=no", "HOME": folder, "PATH": "/usr/bin:/bin", "LD_PRELOAD": lab.library]
        if let libraries = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] { all["LD_LIBRARY_PATH"] = libraries }
        if !rules.isEmpty { all["FAULTS"] = rules.map(\.text).joined(separator: ";") }
        if !rules.isEmpty { all["FAULT_LOG"] = folder + "/faults" }
        all.merge(environment) { $1 }
        return try Child([lab.program] + arguments, environment: all, output: output)
    }

    /// The flags of a run of the recipe.
    func runArguments(_ more: [String] = []) -> [String] {
        ["run", recipe, "--cache", cache, "--out", out, "--format", "json"] + more
    }

    func run(_ more: [String] = [], rules: [FaultRule] = [], environment: [String: String] = [:], output: String? = nil)
        throws -> Run
    {
        try finish(start(runArguments(more), rules: rules, environment: environment, output: output))
    }

    func command(_ arguments: String..., rules: [FaultRule] = []) throws -> Run {
        try finish(start(arguments + ["--cache", cache], rules: rules))
    }

    func finish(_ child: Child) -> Run {
        Child.wait(for: [child], patience: patience)
        return Run(child)
    }

    /// How often a rule has acted since the last question.
    func faultsThatHappened() -> Int {
        let log = Files.read(folder + "/faults") ?? Data()
        Files.remove(folder + "/faults")
        return log.count { $0 == 10 }
    }

    // MARK: Judgement

    func fail(_ column: WritableKeyPath<Counts, Int>, _ what: String, _ run: Run? = nil, times: Int = 1) {
        counts[keyPath: column] += times
        let name = Counts.columns.first { $0.path == column }?.name ?? "?"
        failures.append("\(name): \(what)" + (run.map { " (\($0.end))\n\($0.tail)" } ?? ""))
    }

    func met(_ point: String) { points.append(point) }

    /// Whether a run ended in a way that it may: well, with everything in place; or with a documented status and a message
    /// that names one of these, if any are given.
    /// - Parameter outputs: what may be in the output folder; else what an undisturbed run gives.
    @discardableResult
    func judge(_ run: Run, _ when: String, names: [String] = [], outputs: [[String: Data]]? = nil) throws -> Bool {
        guard !run.hung else {
            fail(\.hangs, "\(when): no end", run)
            return false
        }
        guard case .exit(let status) = run.end, lab.documented.contains(status) else {
            fail(\.crashes, when, run)
            return false
        }
        let expected = try outputs ?? [lab.reference(subject)]
        judgeOutputs(expected, areComplete: status == 0, "\(when), exit \(status)", run)
        if status != 0, !names.isEmpty, !names.contains(where: { run.text.contains($0) }) {
            fail(\.unclear, "\(when): names none of \(names.joined(separator: ", "))", run)
        }
        return status == 0
    }

    /// Whether all outputs that are there are right, and all are there.
    func judgeOutputs(_ expected: [[String: Data]], areComplete: Bool, _ when: String, _ run: Run) {
        var (other, missing): ([String], [String]) = ([], [])
        for name in Set(expected.flatMap(\.keys)).sorted() {
            if let bytes = Files.read("\(out)/\(name)") {
                if !expected.contains(where: { $0[name] == bytes }) { other.append(name) }
            } else if areComplete {
                missing.append(name)
            }
        }
        for (names, what) in [(other, "other bytes"), (missing, "missing")] where !names.isEmpty {
            fail(\.wrong, "\(when): \(what): \(names.joined(separator: " "))", run, times: names.count)
        }
    }

    /// After whatever was done: the cache is sound, a run that nobody disturbs gives what it should, and the one after it
    /// has nothing to do.
    /// - Returns: the first run.
    @discardableResult
    func settle(mayBeDamaged: Bool = false) throws -> Run {
        if Files.exists(cache), !mayBeDamaged {
            let verified = try command("cache", "verify")
            if verified.hung {
                fail(\.hangs, "cache verify", verified)
            } else if case .signal = verified.end {
                fail(\.crashes, "cache verify", verified)
            } else if !verified.isSuccess {
                fail(\.lost, "the cache is damaged", verified)
            }
        }
        let run = try self.run()
        guard try judge(run, "the clean run") else {
            if case .exit = run.end { fail(\.wrong, "the clean run fails", run) }
            return run
        }
        if mayBeDamaged {
            _ = try command("cache", "verify", "--repair")
            let verified = try command("cache", "verify")
            if !verified.isSuccess { fail(\.lost, "what --repair leaves is damaged", verified) }
            _ = try self.run()
        }
        // What was only just left may be somebody's who is still at work.
        for path in strays { Files.age("\(folder)/\(path)") }
        let again = try self.run()
        if try judge(again, "the run after it"), again.ran != 0 {
            fail(\.lost, "the run after it runs \(again.ran ?? -1) nodes", again)
        }
        let left = strays
        if !left.isEmpty { fail(\.strays, "left behind: \(left.joined(separator: ", "))", times: left.count) }
        return run
    }

    /// Files that somebody began and did not finish.
    private var strays: [String] {
        Files.list(folder).filter { path in
            !path.contains(".away/")
                && ["out/.", ".new", ".tmp", "cache/.", "unfinished/"].contains { path.contains($0) }
        }
    }
}
