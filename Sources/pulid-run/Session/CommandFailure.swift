import ArgumentParser
import Graph
import Recipes
import Runner
import Store

/// Runs a command's body and turns what it throws into a message and an exit status.
func reportingFailures(format: ReportFormat = .text, _ body: () throws -> Runner.ExitStatus) throws {
    let status: Runner.ExitStatus
    do {
        status = try body()
    } catch let error as RecipeError {
        let renderer = DiagnosticRenderer(sources: error.sources, colour: Terminal.usesColour)
        renderer.show(error.diagnostics, format: format)
        if format == .junit {
            let file = error.diagnostics.first?.location.file ?? "pulid-run"
            Terminal.output(JUnitSuite(name: file, errors: error.diagnostics).xml())
        }
        status = .recipeInvalid
    } catch {
        Terminal.error("error: \(error)\n")
        status = (error as? any ErrorWithStatus)?.exitStatus ?? .nodeFailed
    }
    if status != .success { throw ExitCode(status.rawValue) }
}

/// An error that the caller is told apart from others.
protocol ErrorWithStatus: Error {
    var exitStatus: Runner.ExitStatus { get }
}

extension StoreError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .cacheUnusable }
}
extension UnknownNode: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension UnneededNode: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .badFlags }
}
extension ApprovalError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}
extension ReplayError: ErrorWithStatus {
    var exitStatus: Runner.ExitStatus { .recipeInvalid }
}

extension DiagnosticRenderer {
    /// Problems of a recipe: as text on the standard error, and in the forms of programs on the standard output.
    func show(_ diagnostics: [Diagnostic], format: ReportFormat) {
        guard !diagnostics.isEmpty else { return }
        switch format {
        case .text, .junit: Terminal.error(text(diagnostics))
        case .json: Terminal.output(json(diagnostics))
        case .github:
            Terminal.error(text(diagnostics))
            Terminal.output(github(diagnostics))
        }
    }
}

/// A name given with `--only`, `--force` or `explain` of a node that is there for nothing.
struct UnneededNode: Error, CustomStringConvertible {
    let name: String
    var description: String { "no output or expectation of the recipe needs `\(name)`, so it is never run" }
}

extension LoadedRecipe {
    /// - Throws: `UnneededNode`.
    func checkNeeded(_ names: [String]) throws {
        let unneeded = Set(outline.nodes.filter { $0.cells == 0 }.map(\.name))
        if let name = names.first(where: unneeded.contains) { throw UnneededNode(name: name) }
    }
}
