import ArgumentParser
import Foundation
import Runner

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print what a shell needs to complete commands, flags, nodes and the names behind --set.",
        discussion: """
            `make install` puts them in their places. By hand: `source <(pulid-run completions bash)` in ~/.bashrc; \
            `pulid-run completions zsh > FOLDER/_pulid-run` with a folder of $fpath; \
            `pulid-run completions fish > ~/.config/fish/completions/pulid-run.fish`.
            """
    )

    @Argument(help: "The shell: bash, zsh or fish; yours unless given.", completion: .list(["bash", "zsh", "fish"]))
    var shell: String?

    func run() throws {
        try reportingFailures {
            let name = shell ?? ((ProcessInfo.processInfo.environment["SHELL"] ?? "") as NSString).lastPathComponent
            guard let shell = CompletionShell(rawValue: name) else {
                throw ValidationError("there are completions for bash, zsh and fish, and none for `\(name)`")
            }
            Terminal.output(CompletionScript(for: shell).text + "\n")
            return .success
        }
    }
}
