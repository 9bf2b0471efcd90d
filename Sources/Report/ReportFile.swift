import Foundation
import Graph
import Runner
import Store

/// The file of a report, which needs nothing beside it.
public struct ReportFile: Sendable {
    private let subject: ReportSubject
    private let source: PictureSource
    private let path: String

    /// - Parameter path: the file, made anew.
    public init(_ subject: ReportSubject, source: PictureSource, path: String) {
        self.subject = subject
        self.source = source
        self.path = path
    }

    /// Writes the report of a run that is over, however it ended.
    public func write(_ run: RunSnapshot) -> OutputReport {
        let outcome: OutputReport.Outcome
        do {
            outcome = try write(page(run).bytes)
        } catch {
            outcome = .failed(error)
        }
        let location = SourceLocation(file: subject.graph.file, line: 0, column: 0)
        return OutputReport(path: path, outcome: outcome, location: location)
    }

    /// Writes why there was no run, in place of a report on an earlier one.
    ///
    /// - Parameter subject: a recipe that cannot be run.
    /// - Throws: what `WholeFile` throws.
    public static func write(_ subject: ReportSubject, to path: String) throws {
        let none = PictureSource(subject) { _, _ in nil }
        let file = ReportFile(subject, source: none, path: path)
        _ = try file.write(file.page(RunLog(subject.graph).snapshot).bytes)
    }

    private func page(_ run: RunSnapshot) throws -> ReportPage {
        let pictures = EmbeddedPictures(subject, source: source)
        let state = ReportState(subject, run, pictures: pictures)
        return try ReportPage(ReportDocument(subject), state, pictures: pictures.addresses)
    }

    private func write(_ bytes: [UInt8]) throws -> OutputReport.Outcome {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
            // A device or a pipe is written to; a file would be put in its place.
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemError(path: path) }
            defer { close(descriptor) }
            try bytes.withUnsafeBytes { try WholeFile.Writer(path: path, descriptor: descriptor).write($0) }
            return .written
        }
        let url = URL(fileURLWithPath: path).standardizedFileURL
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        _ = try WholeFile(url.path).replace(with: bytes)
        return .written
    }
}
