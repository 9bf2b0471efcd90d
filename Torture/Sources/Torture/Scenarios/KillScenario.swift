import Foundation

/// kill -9 at random moments and around random calls: rounds of one to three processes on one cache and one output folder,
/// before a run that nobody disturbs.
struct KillScenario: Scenario {
    let name = "kills"
    let share = 5.0

    /// A process that is to be killed: by a rule, or from here after some seconds.
    private struct Victim {
        let child: Child
        let job: Job
        var moment = Double.infinity
    }

    func attempt(_ trial: Trial) throws {
        switch trial.random.int(in: 1...30) {
        case 1: try slowRun(trial)
        case 2, 3: try rounds(trial.random.int(in: 1...3), of: .training(model: trial.lab.model), most: 1, trial)
        case 4...10: try rounds(trial.random.int(in: 2...8), of: .pictures, most: 3, trial)
        default: try rounds(trial.random.int(in: 4...24), of: .few, most: 3, trial)
        }
    }

    /// - Parameter most: how many processes a round may have
    private func rounds(_ rounds: Int, of subject: Subject, most: Int, _ trial: Trial) throws {
        try trial.place(subject)
        if trial.random.once(in: 3) { try Files.copy(trial.lab.cache(subject), to: trial.cache) }
        for _ in 0..<rounds {
            var isDone = false
            let victims = try (0..<trial.random.int(in: 1...most)).map { _ in try victim(subject, trial) }
            Child.wait(for: victims.map(\.child), patience: trial.lab.patience) {
                for victim in victims where Child.now - victim.child.started > victim.moment {
                    victim.child.send(SIGKILL)
                }
                return false
            }
            for victim in victims {
                if count([victim.child], trial) == 0, victim.job != .collect {
                    isDone = try trial.judge(Run(victim.child), "beside killed processes") || isDone
                }
            }
            if isDone { trial.startAnew() }
        }
        try trial.settle()
    }

    private func victim(_ subject: Subject, _ trial: Trial) throws -> Victim {
        let job = subject.name == Subject.pictures.name && trial.random.once(in: 6) ? Job.collect : .run
        let arguments = job.arguments(trial) + (job == .run ? ["--jobs", "\(trial.random.int(in: 1...2))"] : [])
        let calls = try trial.lab.trace(job, of: subject).filter { $0.call != .thread }
        guard trial.random.once(in: 2), let call = trial.random.pick(calls) else {
            let moment = trial.random.seconds(upTo: try trial.lab.duration(subject) * 0.8)
            return Victim(child: try trial.start(arguments), job: job, moment: moment)
        }
        let times = calls.count { $0 == call }
        let rule = FaultRule(
            calls: [call.call],
            pattern: call.pattern,
            when: .once(trial.random.int(in: 1...times)),
            effect: trial.random.pick(["kill-before", "kill-after", "torn"]) ?? "kill-after"
        )
        return Victim(child: try trial.start(arguments, rules: [rule]), job: job)
    }

    /// What was finished more than a second before a kill is not made again.
    private func slowRun(_ trial: Trial) throws {
        try trial.place(.slow)
        let duration = try trial.lab.duration(.slow)
        let victims = try (0..<trial.random.int(in: 1...2)).map { _ in try trial.start(trial.runArguments()) }
        let moment = Child.now + trial.random.seconds(upTo: duration)
        Child.wait(for: victims, patience: trial.lab.patience) {
            if Child.now > moment { victims.forEach { $0.send(SIGKILL) } }
            return false
        }
        count(victims, trial)
        let clean = try trial.settle()
        for victim in victims {
            let kept = Run(victim).finished.filter { $0.value < victim.ended - 1 }.keys
            let again = kept.filter { clean.finished[$0] != nil }.sorted()
            if !again.isEmpty {
                trial.fail(\.lost, "made again: \(again.joined(separator: " "))", clean, times: again.count)
            }
        }
    }

    @discardableResult
    private func count(_ children: [Child], _ trial: Trial) -> Int {
        let killed = children.count { $0.end == .signal(SIGKILL) && !$0.hung }
        trial.counts.kills += killed
        return killed
    }
}
