import ArgumentParser

@main
struct PulidRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pulid-run",
        abstract: "Renders a person in any style with PuLID on SDXL, from a recipe.",
        discussion: """
            `pulid-run RECIPE.yaml` runs a recipe. What was computed before is taken from the cache; results go to \
            out/<recipe>/.

            Exit status: 0 all well, 1 an expectation is not met, 2 the recipe is invalid, 3 a node failed, 4 a \
            baseline is missing (with --ci; else 1), 5 the cache is damaged or unusable, 64 bad flags, 130 interrupted \
            (SIGINT), 143 terminated (SIGTERM).
            """,
        version: Program.version,
        subcommands: [
            RunCommand.self, ApproveCommand.self, ReplayCommand.self, PlanCommand.self, CheckCommand.self,
            ExplainCommand.self, GraphCommand.self, InitCommand.self, InspectCommand.self, NodesCommand.self,
            SchemaCommand.self, CacheCommand.self, DoctorCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}
