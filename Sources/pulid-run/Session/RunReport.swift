import Graph
import Report
import Runner
import Store

/// A report that is asked for: what it is about, what happens in the run, and where it is shown.
struct RunReport {
    let subject: ReportSubject
    let log: RunLog
    private let path: String?
    private let hasPictures: Bool
    private let site: ReportSite?

    private var graph: ExecutionGraph { subject.graph }

    /// - Parameters:
    ///   - path: the file to write when the run is over.
    ///   - hasPictures: whether failed pictures are written then.
    ///   - site: shows it meanwhile and after.
    init(_ subject: ReportSubject, path: String?, hasPictures: Bool = false, site: ReportSite? = nil) {
        self.subject = subject
        self.path = path
        self.hasPictures = hasPictures
        self.site = site
        log = RunLog(subject.graph)
    }

    /// Begins to show it.
    ///
    /// - Parameters:
    ///   - store: the cache of the run.
    ///   - reopened: the cache after the run.
    /// - Returns: what is written when the run is over.
    func begin(_ store: ResultStore, reopened: @escaping @Sendable () -> ResultStore?) -> ReportFiles {
        let (graph, log) = (graph, log)
        let source = PictureSource(subject) { instance, digest in
            let later = log.snapshot.summary == nil ? nil : reopened()
            defer { later?.close() }
            let record = (later ?? store).record(for: digest)
            return record.flatMap { try? graph.instances[instance].schema.output.init(record: $0) }
        }
        site?.show(subject, log, source: source)
        let own = PictureSource(subject) { instance, digest in
            store.record(for: digest).flatMap { try? graph.instances[instance].schema.output.init(record: $0) }
        }
        return ReportFiles(
            pictures: hasPictures ? FailedPictures(subject, source: own) : nil,
            page: path.map { ReportFile(subject, source: own, path: $0) }
        )
    }
}

/// What is written of a run when it is over.
struct ReportFiles {
    let pictures: FailedPictures?
    let page: ReportFile?
}
