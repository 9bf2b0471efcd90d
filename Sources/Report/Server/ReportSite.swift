import Foundation
import Graph
import Runner
import Synchronization

/// A report that fills itself while the run goes on, served to this machine's browsers. Nothing can be changed through it.
public final class ReportSite: Sendable {
    private struct Current {
        /// Counts the reports: a page of another one loads itself anew.
        var number = Int.random(in: 0..<1 << 30)
        var report: (subject: ReportSubject, log: RunLog, pictures: ServedPictures)?
        /// Why there is no newer report.
        var notice: String?
        /// The last state that was made, and of which revision.
        var state: (number: Int, revision: Int, notice: String?, json: [UInt8])?
    }

    private let current = Mutex(Current())
    private let cache = PictureCache()
    private let server: Mutex<LoopbackServer?> = Mutex(nil)
    /// Begins the path of whatever is served: others who are logged in on this machine do not know it.
    private let secret = (0..<4).map { _ in String(UInt32.random(in: .min ... .max), radix: 36) }.joined()

    public init() {}

    /// Begins to serve.
    ///
    /// - Parameter port: 0 for one that is free.
    /// - Returns: the page's address.
    /// - Throws: `SystemError` where the port is taken.
    public func open(port: UInt16) throws -> String {
        let server = try LoopbackServer(port: port) { [self] in answer($0) }
        self.server.withLock { $0 = server }
        return "http://127.0.0.1:\(server.port)/\(secret)/"
    }

    public func close() { server.withLock { $0?.close() } }

    /// Shows another run from now on.
    public func show(_ subject: ReportSubject, _ log: RunLog, source: PictureSource) {
        current.withLock { [cache] current in
            current.number += 1
            current.report = (subject, log, ServedPictures(subject: subject, source: source, cache: cache))
            current.notice = nil
        }
    }

    /// Says why what is shown is not the newest.
    public func say(_ notice: String) { current.withLock { $0.notice = notice } }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        guard request.path.hasPrefix("/\(secret)/") else {
            return .failure(404, "the page is at the address that the program printed")
        }
        let path = request.path.dropFirst(secret.count + 2)
        let current = current.withLock { $0 }
        guard let (subject, log, pictures) = current.report else {
            return .failure(503, current.notice ?? "no run has begun yet")
        }
        let run = log.snapshot
        do {
            switch path {
            case "":
                let state = ReportState(subject, run, pictures: pictures, notice: current.notice)
                let page = try ReportPage(ReportDocument(subject), state, number: current.number)
                return HTTPResponse(200, [("Content-Type", "text/html; charset=utf-8")], body: page.bytes)
            case "state":
                let number = ("X-Report", "\(current.number)")
                let known = request.query["since"].flatMap { Int($0) }
                let isNews =
                    known != run.revision || request.query["report"] != "\(current.number)"
                    || request.query["notice"] != (current.notice == nil ? "0" : "1")
                guard isNews else { return HTTPResponse(204, [number]) }
                let json = try json(of: current, subject, run, pictures)
                return HTTPResponse(200, [number, ("Content-Type", "application/json")], body: json)
            default:
                guard let file = pictures.file(at: String(path), run) else {
                    return .failure(404, "there is nothing")
                }
                let headers = [("Content-Type", PictureFile.type), ("Cache-Control", "private, max-age=3600")]
                return HTTPResponse(200, headers, body: Array(file))
            }
        } catch {
            return .failure(503, "the report cannot be made: \(error)")
        }
    }

    /// Of one revision it is made once, whoever asks.
    private func json(
        of current: Current,
        _ subject: ReportSubject,
        _ run: RunSnapshot,
        _ pictures: ServedPictures
    ) throws -> [UInt8] {
        if let (number, revision, notice, json) = current.state, number == current.number, revision == run.revision,
            notice == current.notice
        {
            return json
        }
        let json = try ReportPage.json(ReportState(subject, run, pictures: pictures, notice: current.notice))
        self.current.withLock { $0.state = (current.number, run.revision, current.notice, json) }
        return json
    }
}
