import ArgumentParser

/// What a shell reads to complete command lines: what the library for command lines writes, with `pulid-run RECIPE.yaml ...`
/// completed as `pulid-run run RECIPE.yaml ...`, and with values behind `--set`.
struct CompletionScript {
    let text: String

    init(for shell: CompletionShell) {
        let generated = PulidRun.completionScript(for: shell)
        let commands = (PulidRun.configuration.subcommands.map { $0._commandName } + ["help"])
        switch shell {
        case .bash: text = Self.asCommands(generated, behind: Self.bash(commands)) + Self.bashWords
        case .zsh: text = Self.asCommands(generated, behind: Self.zsh(commands))
        default: text = Self.withWholePaths(generated) + Self.fish(commands)
        }
    }

    /// The generated function is for lines that begin with a command; another takes its name and calls it.
    private static func asCommands(_ generated: String, behind function: String) -> String {
        generated.replacing("\n_pulid-run() {\n", with: "\n\(function)\n_pulid-run_commands() {\n", maxReplacements: 1)
    }
}
