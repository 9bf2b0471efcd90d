import Graph
import Report
import Runner
import Store

/// A report that is asked for: what it is about, what happens in the run, and the file where one is wanted.
struct RunReport {
    let subject: ReportSubject
    let log: RunLog
    let path: String?

    init(_ subject: ReportSubject, graph: ExecutionGraph, path: String?) {
        self.subject = subject
        self.path = path
        log = RunLog(graph)
    }

    /// What writes the file when the run is over.
    func file(_ graph: ExecutionGraph, store: ResultStore) -> ReportFile? {
        path.map { path in
            let source = PictureSource(subject) { instance, digest in
                store.record(for: digest).flatMap { try? graph.instances[instance].schema.output.init(record: $0) }
            }
            return ReportFile(subject, source: source, path: path)
        }
    }
}
