import Foundation

/// The cache or the output folder is removed, renamed or emptied under a run.
struct LostFolderScenario: Scenario {
    let name = "folders"
    let share = 1.0

    private enum Way: CaseIterable { case removed, renamed, replaced }

    func attempt(_ trial: Trial) throws {
        let subject = trial.random.once(in: 2) ? Subject.pictures : .few
        try trial.place(subject)
        let isWarm = trial.random.once(in: 2)
        if isWarm { try Files.copy(trial.lab.cache(subject), to: trial.cache) }
        let calls = try trial.lab.trace(isWarm ? .warmRun : .run, of: subject)
        guard let call = trial.random.pick(calls), let way = trial.random.pick(Way.allCases) else { return }
        let rule = FaultRule(
            calls: [call.call],
            pattern: call.pattern,
            when: .once(trial.random.int(in: 1...calls.count { $0 == call })),
            effect: "stop-after"
        )
        let folder = trial.random.once(in: 2) ? trial.cache : trial.out
        let child = try trial.start(trial.runArguments(), rules: [rule])
        Child.wait(for: [child], patience: trial.lab.patience) { child.isStopped }
        // After its last word nothing can be noticed any more.
        let isOver = child.lines.contains { $0.text.contains("\"summary\"") }
        if child.isStopped, isOver { child.resume() }
        if child.isStopped {
            trial.counts.faults += 1
            switch way {
            case .removed: Files.remove(folder)
            case .renamed, .replaced: rename(folder, folder + ".away")
            }
            if way == .replaced { try Files.makeFolder(folder) }
            child.resume()
        }
        let run = trial.finish(child)
        let name = (folder as NSString).lastPathComponent
        let isWell = try trial.judge(run, "\(name) \(way), \(rule.text)", names: ["/\(name)"])
        let clean = try trial.settle()
        if isWell, folder == trial.cache, let ran = clean.ran, ran > 0, run.warnings == 0 {
            trial.fail(\.unclear, "\(name) \(way), \(rule.text): \(ran) results were not kept, without a word", run)
        }
    }
}
