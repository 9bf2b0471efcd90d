/// A moment at which a process is killed: around a call on a kind of file. The crash matrix is the table of them.
struct NamedPoint {
    let name: String
    let job: Job
    let subject: Subject
    let call: FaultRule.Call
    let pattern: String
    let effect: String

    /// - Parameter model: the folder of the embedded model
    static func matrix(model: String) -> [NamedPoint] {
        let database = "*/cache/cache.sqlite"
        let table: [(String, Job, Subject, FaultRule.Call, String, String)] = [
            ("cache folder made, not marked", .run, .few, .rename, "*/cache/CACHEDIR.TAG", "kill-before"),
            ("cache folder marked", .run, .few, .rename, "*/cache/CACHEDIR.TAG", "kill-after"),
            ("new database half written", .run, .few, .write, database + ".new-*", "torn"),
            ("new database written, not in place", .run, .few, .rename, database, "kill-before"),
            ("new database in place", .run, .few, .rename, database, "kill-after"),
            ("log begun", .run, .few, .create, database + "-wal", "kill-after"),
            ("transaction begun", .run, .few, .write, database + "-wal", "kill-before"),
            ("within the transaction", .run, .few, .write, database + "-wal", "kill-after"),
            ("log half written", .run, .few, .write, database + "-wal", "torn"),
            ("committed, log index not written", .run, .few, .write, database + "-shm", "kill-before"),
            ("committed", .run, .few, .sync, database + "-wal", "kill-before"),
            ("log on disk", .run, .few, .sync, database + "-wal", "kill-after"),
            ("checkpoint begun", .run, .few, .write, database, "kill-before"),
            ("checkpoint half written", .run, .few, .write, database, "torn"),
            ("checkpoint written", .run, .few, .sync, database, "kill-before"),
            ("checkpoint on disk", .run, .few, .sync, database, "kill-after"),
            ("log to be removed", .run, .few, .unlink, database + "-wal", "kill-before"),
            ("log removed", .run, .few, .unlink, database + "-wal", "kill-after"),
            ("claim taken", .run, .few, .lock, "*/cache/locks*", "kill-after"),
            ("value file begun", .run, .pictures, .create, "*/cache/unfinished*", "kill-after"),
            ("value file half written", .run, .pictures, .write, "*/cache/unfinished*", "torn"),
            ("value file written", .run, .pictures, .write, "*/cache/unfinished*", "kill-after"),
            ("value file on disk, not in place", .run, .pictures, .rename, "*/cache/values*", "kill-before"),
            ("value file in place, not committed", .run, .pictures, .rename, "*/cache/values*", "kill-after"),
            ("value folder made", .run, .pictures, .mkdir, "*/cache/values*", "kill-after"),
            ("output begun", .run, .few, .create, "*/out*", "kill-after"),
            ("output half written", .run, .few, .write, "*/out*", "torn"),
            ("output written, not renamed", .run, .few, .rename, "*/out*", "kill-before"),
            ("output renamed, not remembered", .run, .few, .rename, "*/out*", "kill-after"),
            ("output of a known result renamed", .warmRun, .pictures, .rename, "*/out*", "kill-after"),
            ("known result looked up", .warmRun, .pictures, .read, database, "kill-after"),
            ("value evicted, file there", .collect, .pictures, .unlink, "*/cache/values*", "kill-before"),
            ("value evicted, file gone", .collect, .pictures, .unlink, "*/cache/values*", "kill-after"),
            ("within the eviction", .collect, .pictures, .write, database + "-wal", "kill-after"),
            ("eviction half written", .collect, .pictures, .write, database + "-wal", "torn"),
            ("database made smaller", .collect, .pictures, .truncate, database, "kill-before"),
            ("database was made smaller", .collect, .pictures, .truncate, database, "kill-after"),
        ]
        let steps: [(String, Job, FaultRule.Call, String, String)] = [
            ("work folder made", .stoppedRun, .mkdir, "*/cache/work*", "kill-after"),
            ("checkpoint begun", .stoppedRun, .create, "*/cache/unfinished*", "kill-after"),
            ("checkpoint half written", .stoppedRun, .write, "*/cache/unfinished*", "torn"),
            ("checkpoint written, no name yet", .stoppedRun, .rename, "*/cache/work*", "kill-before"),
            ("checkpoint named", .stoppedRun, .rename, "*/cache/work*", "kill-after"),
            ("checkpoint being read", .resumedRun, .read, "*/cache/work*", "kill-after"),
            ("work folder to be removed", .resumedRun, .unlink, "*/cache/work*", "kill-before"),
            ("work folder half removed", .resumedRun, .unlink, "*/cache/work*", "kill-after"),
        ]
        return table.map {
            NamedPoint(name: $0.0, job: $0.1, subject: $0.2, call: $0.3, pattern: $0.4, effect: $0.5)
        }
            + [Subject.training(model: model), .render(model: model)].flatMap { subject in
                steps.map {
                    NamedPoint(
                        name: "\(subject.name): \($0.0)",
                        job: $0.1,
                        subject: subject,
                        call: $0.2,
                        pattern: $0.3,
                        effect: $0.4
                    )
                }
            }
    }

    /// A rule that kills at the point, at one of the calls that an undisturbed process makes there; nothing where it makes
    /// none.
    func rule(_ trace: [TracedCall], _ random: inout SplitMix) -> FaultRule? {
        let times = trace.count { $0.call == call && $0.pattern == pattern }
        guard times > 0 else { return nil }
        return FaultRule(calls: [call], pattern: pattern, when: .once(random.int(in: 1...times)), effect: effect)
    }
}
