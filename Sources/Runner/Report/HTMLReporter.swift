import Foundation
import Graph

/// Writes one page about the run when it is over, which needs nothing beside it (`RunPage`).
public final class HTMLReporter: Reporter {
    private let graph: ExecutionGraph
    private let out: String
    private let file: String
    private let console: Console

    /// - Parameters:
    ///   - out: the output folder, as reports of outputs name it
    ///   - file: the page's file
    public init(_ graph: ExecutionGraph, out: String, file: String, console: Console) {
        self.graph = graph
        self.out = out
        self.file = file
        self.console = console
    }

    public func receive(_ event: RunEvent) {
        guard case .summary(let summary) = event else { return }
        let page = RunPage(graph, summary, out: out) { path in
            (try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)))?.readPicture()
        }
        let url = URL(fileURLWithPath: file).standardizedFileURL
        do {
            let folder = OutputFolder(path: url.deletingLastPathComponent().path)
            if case .written = try folder.write(Array(page.html.utf8), to: url.lastPathComponent) {
                console.output(file + "\n")
            }
        } catch {
            console.error("warning: the report could not be written: \(error)\n")
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
