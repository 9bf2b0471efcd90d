import Foundation
import Graph
import Recipes
import Report
import Runner

/// Runs that go on until they are interrupted: a report is served, or files are watched.
struct RunSession {
    let command: RunCommand
    private let execution: Execution

    init(command: RunCommand, _ execution: Execution) {
        self.command = command
        self.execution = execution
    }

    /// - Returns: how the last run ended.
    func run() throws -> Runner.ExitStatus {
        let site = command.serving.serve ? ReportSite() : nil
        if let site {
            let address = try site.open(port: UInt16(command.serving.port ?? 0))
            Terminal.output(address + "\n")
        }
        defer { site?.close() }
        var changes = try FileChanges()
        var files: Set<String> = [command.recipe.absolutePath]
        while true {
            var status = Runner.ExitStatus.recipeInvalid
            if command.serving.watch { try changes.watch(files) }
            do {
                status = try command.reportingObstacles {
                    let loaded = try command.targets.load(command.recipe)
                    files = loaded.namedFiles
                    // What changes while it runs counts.
                    if command.serving.watch { try changes.watch(files) }
                    return try command.execute(loaded, execution, site: site)
                }
            } catch let error as RecipeError where command.serving.watch {
                let renderer = DiagnosticRenderer(sources: error.sources, colour: Terminal.usesColour)
                renderer.show(error.diagnostics, format: command.format.format)
                site?.say(DiagnosticRenderer(sources: error.sources).text(error.diagnostics))
                try changes.watch(files.union(error.sources.paths))
            }
            guard command.serving.watch else {
                while !execution.isInterrupted { usleep(100_000) }
                return status
            }
            guard changes.wait(unless: { execution.isInterrupted }) else { return status }
        }
    }
}

extension RecipeSources {
    /// Absolute.
    fileprivate var paths: Set<String> {
        Set(texts.values.map { $0.folder + "/" + (($0.name as NSString).lastPathComponent) })
    }
}

extension LoadedRecipe {
    /// The recipe's own files and those that its nodes name, by their absolute paths.
    var namedFiles: Set<String> { sources.paths.union(graph.instances.flatMap(\.namedFiles)) }
}
