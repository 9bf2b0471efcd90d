import ArgumentParser
import Graph
import Recipes
import Runner

/// Runs a command's body and turns what it throws, and what is lost of its output, into a message and an exit status.
func reportingFailures(
    format: ReportFormat = .text,
    files: [ReportChoice] = [],
    _ body: () throws -> Runner.ExitStatus
) throws {
    var status: Runner.ExitStatus
    do {
        status = try body()
    } catch let error as RecipeError {
        let renderer = DiagnosticRenderer(sources: error.sources, colour: Terminal.usesColour)
        renderer.show(error.diagnostics, format: format)
        if format == .junit {
            let file = error.diagnostics.first?.location.file ?? "pulid-run"
            Terminal.output(JUnitSuite(name: file, errors: error.diagnostics).xml())
        } else if format == .markdown {
            Terminal.output(RunMarkdown(errors: error.diagnostics).text)
        }
        status = .recipeInvalid
        do {
            try Reports.write(error.diagnostics, error.sources, to: files)
        } catch {
            Terminal.error("error: \(error)\n")
        }
    } catch {
        Terminal.error("error: \(error)\n")
        status = (error as? any ErrorWithStatus)?.exitStatus ?? .nodeFailed
    }
    status = Terminal.status(after: status, format: format)
    if status != .success { throw ExitCode(status.rawValue) }
}

func reportingFailures(_ options: FormatOptions, _ body: () throws -> Runner.ExitStatus) throws {
    try reportingFailures(format: options.format, files: options.files, body)
}
