import Foundation

/// Few descriptors, small files, no threads, little memory, and standard output that cannot be written.
struct LimitScenario: Scenario {
    let name = "limits"
    let share = 1.0

    /// A user of whom nothing else runs, so that limits on processes hold for ours alone.
    static let user = 54_321

    func attempt(_ trial: Trial) throws {
        let subject = trial.random.once(in: 3) ? Subject.pictures : .few
        try trial.place(subject)
        chmod(trial.folder, 0o777)
        trial.counts.faults += 1
        switch trial.random.int(in: 1...5) {
        case 1:
            let most = trial.random.pick([8, 12, 16, 20, 24, 32, 48, 64]) ?? 32
            try limited(
                "nofile:\(most)",
                names: ["/out", "cache", "Too many open files", "too many open files"],
                trial
            )
        case 2:
            let most = trial.random.int(in: 100...1_000_000)
            try limited("fsize:\(most)", names: ["/out", "cache"], trial)
        case 3 where geteuid() == 0:
            try limited("nproc:\(trial.random.int(in: 1...6))", user: true, names: ["thread", "cache"], trial)
        case 4:
            // From what the libraries take alone to what the run needs.
            let megabytes = trial.random.int(in: 110...260)
            try trial.place(.large)
            try limited(
                "as:\(megabytes * 1_000_000)",
                names: ["the system refuses", "threads can be started", "Cannot allocate memory"],
                mayNotBegin: true,
                trial
            )
        default: try fullOutput(trial)
        }
        Files.setWritable(true, trial.folder)
        try trial.settle()
    }

    /// - Parameter mayNotBegin: whether the system may refuse to load the program's libraries.
    private func limited(
        _ limit: String,
        user: Bool = false,
        names: [String],
        mayNotBegin: Bool = false,
        _ trial: Trial
    ) throws {
        var environment = ["FAULT_LIMITS": limit]
        if user { environment["FAULT_USER"] = "\(Self.user)" }
        let run = try trial.run(environment: environment)
        if mayNotBegin, run.end == .exit(127), run.text.contains("shared librar") { return }
        // A file above its limit is SIGXFSZ by the system's own choice, unless it is ignored.
        try trial.judge(run, limit, names: names)
    }

    private func fullOutput(_ trial: Trial) throws {
        let formats = ["text", "json", "github", "junit"]
        let format = trial.random.pick(formats) ?? "text"
        let arguments = trial.random.pick([
            ["run", trial.recipe, "--cache", trial.cache, "--out", trial.out, "--format", format],
            ["plan", trial.recipe, "--cache", trial.cache],
            ["nodes"], ["schema"], ["cache", "stats", "--cache", trial.cache],
        ])
        let run = try trial.finish(trial.start(arguments ?? ["nodes"], output: "/dev/full"))
        let what = "\((arguments ?? []).joined(separator: " ")) > /dev/full"
        if run.hung {
            trial.fail(\.hangs, what, run)
        } else if case .signal = run.end {
            trial.fail(\.crashes, what, run)
        } else if run.isSuccess, !(arguments?.first == "run" && format == "text") {
            trial.fail(\.unclear, "\(what): exit 0", run)
        }
    }
}
