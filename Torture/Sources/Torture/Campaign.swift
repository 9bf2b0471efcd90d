import Foundation

/// Trials of all scenarios, one after the other, until the time is over.
final class Campaign {
    private let options: Options
    private let lab: Lab
    private let scenarios: [any Scenario]
    private var now = Tally()
    private var summed: Tally
    private var spent: [String: Double] = [:]

    init(_ options: Options) throws {
        self.options = options
        scenarios = Torture.scenarios.filter { options.scenario == nil || options.scenario == $0.name }
        summed = try options.tally.map { try Tally(file: $0) } ?? Tally()
        lab = try Lab(
            program: options.program,
            library: options.library,
            root: options.root,
            folder: "\(options.folder)/\(getpid())",
            patience: options.patience
        )
    }

    /// - Returns: whether nothing was lost or wrong, crashed or hung.
    func run() throws -> Bool {
        let deadline = Child.now + options.minutes * 60
        var seed = options.seed ?? Int(Date().timeIntervalSince1970) % 1_000_000 * 1000
        say("seeds from \(seed)")
        repeat {
            guard let scenario = next() else { break }
            try attempt(scenario, seed)
            seed += 1
        } while options.seed == nil && Child.now < deadline
        if !options.keep { Files.remove(lab.folder) }
        report()
        return now.total.isSound
    }

    /// The scenario that has had the least of its share.
    private func next() -> (any Scenario)? {
        scenarios.min { (spent[$0.name] ?? 0) / $0.share < (spent[$1.name] ?? 0) / $1.share }
    }

    private func attempt(_ scenario: any Scenario, _ seed: Int) throws {
        let begun = Child.now
        let trial = try Trial(lab: lab, scenario: scenario.name, seed: seed)
        try scenario.attempt(trial)
        trial.counts.tries = 1
        spent[scenario.name, default: 0] += Child.now - begun
        now.add(trial)
        if let file = options.tally {
            summed.add(trial)
            try summed.save(to: file)
        }
        for failure in trial.failures { say("\(scenario.name), seed \(seed): \(failure)") }
        if !trial.failures.isEmpty { say("    again: make torture SCENARIO=\(scenario.name) SEED=\(seed)") }
        if trial.failures.isEmpty || !options.keep { trial.clear() }
    }

    private func report() {
        let names = scenarios.map(\.name)
        say("\n" + now.table(order: names))
        if names.contains(CrashMatrixScenario().name) { reportPoints(now) }
        if let file = options.tally { say("\nin all, with \(file):\n\n" + summed.table(order: names)) }
    }

    private func reportPoints(_ tally: Tally) {
        let all = NamedPoint.matrix(model: lab.model).map(\.name)
        let missed = all.filter { !tally.points.contains($0) }
        say("\nnamed points met: \(all.count - missed.count) of \(all.count)")
        if !missed.isEmpty { say("not met: " + missed.joined(separator: "; ")) }
    }

    /// At once, so that nothing is lost where this itself is stopped.
    private func say(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
}
