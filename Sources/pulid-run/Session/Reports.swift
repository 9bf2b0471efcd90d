import Foundation
import Graph
import Recipes
import Runner
import Store
import Synchronization

/// The reporters of a run: one for the standard streams, and one for each file that was asked for.
struct Reports {
    let reporter: any Reporter
    private let files: [ReporterFile]

    /// - Parameter pictures: where the pictures are that expectations measure.
    /// - Throws: `ReportFileError` for a file that cannot be written
    init(
        _ options: FormatOptions,
        for recipe: LoadedRecipe,
        _ verbosity: Verbosity,
        pictures: PicturePlaces? = nil
    ) throws {
        files = try options.files.map { try ReporterFile($0) }
        let renderer = DiagnosticRenderer(sources: recipe.sources, colour: false)
        let others = files.map { file in file.format.reporter(renderer, verbosity, file.console, pictures: pictures) }
        reporter = Reporters([options.format.reporter(for: recipe, verbosity, pictures: pictures)] + others)
    }

    /// How a process ends that would end with `status`: not well where a report was not written.
    func status(after status: Runner.ExitStatus) -> Runner.ExitStatus {
        let isWhole = files.map { $0.finish() }.allSatisfy { $0 }
        return isWhole || status != .success ? status : .nodeFailed
    }

    /// What the files get of a recipe that cannot be run.
    static func write(_ diagnostics: [Diagnostic], _ sources: RecipeSources, to choices: [ReportChoice]) throws {
        let renderer = DiagnosticRenderer(sources: sources, colour: false)
        for choice in choices {
            let file = try ReporterFile(choice)
            let text =
                switch choice.format {
                case .text: renderer.text(diagnostics)
                case .json: renderer.json(diagnostics)
                case .github: renderer.github(diagnostics)
                case .junit:
                    JUnitSuite(name: diagnostics.first?.location.file ?? "pulid-run", errors: diagnostics).xml()
                case .markdown: RunMarkdown(errors: diagnostics).text
                }
            file.console.output(text)
            _ = file.finish()
        }
    }
}

/// A file that a report goes to. What comes is written at once, so that it can be followed.
final class ReporterFile: Sendable {
    let format: ReportFormat
    private let path: String
    private let descriptor: Int32
    /// The first error of a write.
    private let lost = Mutex<Int32>(0)

    /// Makes the folder that it lies in, too.
    ///
    /// - Throws: `ReportFileError`
    init(_ choice: ReportChoice) throws {
        format = choice.format
        path = choice.file ?? ""
        let folder = (path as NSString).deletingLastPathComponent
        if !folder.isEmpty {
            try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw ReportFileError(path: path, reason: String(cString: strerror(errno))) }
    }

    /// What is said of progress goes there for people alone.
    var console: Console {
        let isText = format == .text
        return Console(output: { [self] in write($0) }, error: { [self] in if isText { write($0) } })
    }

    private func write(_ text: String) {
        lost.withLock { lost in
            guard lost == 0 else { return }
            let file = WholeFile.Writer(path: path, descriptor: descriptor)
            do {
                try Array(text.utf8).withUnsafeBytes { try file.write($0) }
            } catch {
                lost = (error as? SystemError)?.code ?? EIO
            }
        }
    }

    /// - Returns: whether all of it was written
    func finish() -> Bool {
        let isClosed = close(descriptor) == 0
        let lost = lost.withLock { $0 != 0 ? $0 : isClosed ? 0 : errno }
        guard lost != 0 else { return true }
        Terminal.error("error: \(ReportFileError(path: path, reason: String(cString: strerror(lost))))\n")
        return false
    }
}

/// A report that cannot be written.
struct ReportFileError: Error, CustomStringConvertible {
    let path: String
    let reason: String
    var description: String { "the report \(path) cannot be written: \(reason)" }
}
