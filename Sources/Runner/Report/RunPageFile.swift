import Foundation
import Graph
import Store

/// The file of a page about a run (`RunPage`), which needs nothing beside it.
public struct RunPageFile: Sendable {
    private let graph: ExecutionGraph
    private let out: String
    private let file: String

    /// - Parameters:
    ///   - out: the output folder, as reports of outputs name it
    ///   - file: the page's file
    public init(_ graph: ExecutionGraph, out: String, file: String) {
        self.graph = graph
        self.out = out
        self.file = file
    }

    /// Writes the page when the run is over.
    public func write(_ summary: RunSummary) -> OutputReport {
        let page = RunPage(graph, summary, out: out) { path in
            (try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)))?.readPicture()
        }
        let outcome: OutputReport.Outcome
        do {
            outcome = try write(Array(page.html.utf8))
        } catch {
            outcome = .failed(error)
        }
        return OutputReport(
            path: file,
            outcome: outcome,
            location: SourceLocation(file: graph.file, line: 0, column: 0)
        )
    }

    private func write(_ bytes: [UInt8]) throws -> OutputReport.Outcome {
        var status = stat()
        if stat(file, &status) == 0, status.st_mode & S_IFMT != S_IFREG, status.st_mode & S_IFMT != S_IFDIR {
            // A device or a pipe is written to; a file would be put in its place.
            let descriptor = open(file, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SystemError(path: file) }
            defer { close(descriptor) }
            try bytes.withUnsafeBytes { try WholeFile.Writer(path: file, descriptor: descriptor).write($0) }
            return .written
        }
        let url = URL(fileURLWithPath: file).standardizedFileURL
        switch try OutputFolder(path: url.deletingLastPathComponent().path).write(bytes, to: url.lastPathComponent) {
        case .written: return .written
        case .unchanged: return .unchanged
        }
    }
}

extension FileHandle {
    /// nil for what is larger than all pictures in a page may be.
    fileprivate func readPicture() -> Data? {
        let data = try? read(upToCount: RunPage.mostBytes + 1)
        return data.flatMap { $0.count <= RunPage.mostBytes ? $0 : nil }
    }
}
