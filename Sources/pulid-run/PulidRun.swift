import ArgumentParser
import Foundation

@main
struct PulidRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulid-run",
        abstract: "Renders a person in any style with PuLID on SDXL, from a recipe.",
        discussion: """
            `pulid-run RECIPE.yaml` runs a recipe. What was computed before is taken from the cache; results go to \
            out/<recipe>/.

            Exit status: 0 all well, 1 an expectation is not met, 2 the recipe is invalid, 3 a node failed or something \
            could not be written, 4 a baseline is missing (with --ci; else 1), 5 the cache is damaged or unusable, \
            64 bad flags, 75 what was computed could not be kept, the same again may succeed (with --shard), 130 interrupted (SIGINT), 143 terminated (SIGTERM, SIGHUP).
            """,
        version: Program.version,
        subcommands: [
            RunCommand.self, ApproveCommand.self, ReplayCommand.self, DiffCommand.self, PlanCommand.self,
            CheckCommand.self, ExplainCommand.self, CompareCommand.self, BisectCommand.self, CalibrateCommand.self,
            UsesCommand.self, GraphCommand.self, ImportCommand.self, InitCommand.self, InspectCommand.self,
            NodesCommand.self, SchemaCommand.self, SlurmCommand.self, HistoryCommand.self, CacheCommand.self,
            DoctorCommand.self, CompletionsCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )

    static func main() {
        ProcessSetup.begin()
        let advice = FlagAdvice(Array(CommandLine.arguments.dropFirst()))
        do {
            if let problem = EmptyArgument(advice.arguments) { throw ValidationError(problem.text) }
            if let problem = MistakenCommand(advice.arguments, among: commandNames) {
                throw ValidationError(problem.text)
            }
            var command = try parseAsRoot()
            try command.run()
            Foundation.exit(Terminal.status(after: .success, format: .text).rawValue)
        } catch {
            let status = exitCode(for: error)
            let text = fullMessage(for: error)
            guard status.isSuccess else {
                if !text.isEmpty { Terminal.error(advice.improving(text) + "\n") }
                Foundation.exit(status.rawValue)
            }
            Terminal.output(text + "\n")
            Foundation.exit(Terminal.status(after: .success, format: .text).rawValue)
        }
    }

    private static var commandNames: [String] { configuration.subcommands.map { $0._commandName } + ["help"] }
}
