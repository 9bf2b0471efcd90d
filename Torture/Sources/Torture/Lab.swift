import Foundation

/// The program, the library that harms it, and what undisturbed runs give.
final class Lab {
    let program: String
    let library: String
    let root: String
    let folder: String
    /// How long a process may take before it counts as hung: hundreds of times what it takes.
    let patience: Double
    /// Exit statuses that the program's help names.
    let documented: Set<Int32>
    private var references: [String: [String: Data]] = [:]
    private var traces: [String: [TracedCall]] = [:]
    private var caches: [String: String] = [:]
    private var durations: [String: Double] = [:]

    init(program: String, library: String, root: String, folder: String, patience: Double) throws {
        (self.program, self.library, self.root, self.folder) = (program, library, root, folder)
        self.patience = patience
        try Files.makeFolder(folder)
        let help = try Child([program, "--help"], environment: [:])
        Child.wait(for: [help], patience: patience)
        let text = help.lines.map(\.text).joined(separator: " ")
        let statuses = text.components(separatedBy: "Exit status").dropFirst().first?.components(separatedBy: "USAGE")
            .first
        documented = Set((statuses ?? "").split { !$0.isNumber }.compactMap { Int32($0) })
        guard documented.contains(0) else { throw Failure.undisturbed("`\(program) --help` names no exit statuses") }
    }

    var model: String { root + "/models/tiny/sdxl" }

    /// The embedded model's files, as they lie beside a recipe.
    func modelFiles() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in Files.list(model) { files["model/" + name] = Files.read("\(model)/\(name)") }
        return files
    }

    /// A small picture.
    func photo(_ name: String) throws -> Data { try reference(.few)[name] ?? Data() }

    /// The outputs of a run that nobody disturbs.
    func reference(_ subject: Subject) throws -> [String: Data] {
        let id = try identity(subject)
        if let known = references[id] { return known }
        let trial = try Trial(lab: self, scenario: "reference", seed: 0, subject: subject, patience: 10 * patience)
        defer { trial.clear() }
        let begun = Child.now
        let run = try trial.run()
        durations[id] = Child.now - begun
        guard run.isSuccess else { throw Failure.undisturbed("\(subject.name)\n\(run.tail)") }
        var outputs: [String: Data] = [:]
        for name in Files.list(trial.out) { outputs[name] = Files.read("\(trial.out)/\(name)") }
        references[id] = outputs
        return outputs
    }

    /// How long an undisturbed run takes.
    func duration(_ subject: Subject) throws -> Double {
        _ = try reference(subject)
        return durations[try identity(subject)] ?? 1
    }

    /// What a job asks of the system, in order.
    func trace(_ job: Job, of subject: Subject) throws -> [TracedCall] {
        let id = try "\(identity(subject)) \(job)"
        if let known = traces[id] { return known }
        let trial = try Trial(lab: self, scenario: "trace", seed: 0, subject: subject)
        defer { trial.clear() }
        try job.prepare(trial)
        let file = trial.folder + "/trace"
        let child = try trial.start(job.arguments(trial), environment: ["FAULT_TRACE": file])
        job.finish(child, patience: patience)
        let calls = TracedCall.read(String(decoding: Files.read(file) ?? Data(), as: UTF8.self), below: trial.folder)
        traces[id] = calls
        return calls
    }

    /// How the process ended that made a cache.
    enum Past: String {
        /// In order: it knows everything.
        case whole
        /// By a kill, before its log was brought into the database; it knows everything.
        case cut
        /// Told to stop: it holds the checkpoint of a long node.
        case stopped
    }

    func cache(_ subject: Subject, _ past: Past = .whole) throws -> String {
        let id = try identity(subject) + " \(past)"
        if let known = caches[id] { return known }
        let trial = try Trial(lab: self, scenario: "cache", seed: caches.count, subject: subject)
        switch past {
        case .whole: _ = try trial.run()
        case .cut:
            let rule = FaultRule(
                calls: [.write],
                pattern: "*/cache/cache.sqlite",
                when: .once(1),
                effect: "kill-before"
            )
            _ = try trial.run(rules: [rule])
        case .stopped: Job.stoppedRun.finish(try trial.start(trial.runArguments()), patience: patience)
        }
        caches[id] = trial.cache
        return trial.cache
    }

    private func identity(_ subject: Subject) throws -> String {
        var hash = UInt64(14_695_981_039_346_656_037)
        for (name, bytes) in subject.files.sorted(by: { $0.key < $1.key }) {
            for byte in Array(name.utf8) + bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        }
        return "\(subject.name) \(hash)"
    }
}
