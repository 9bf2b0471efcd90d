import Foundation
import Recipes

/// A first word that is neither a command nor a recipe, which would be taken for the recipe of `run`.
struct MistakenCommand {
    let text: String

    /// What people from other programs type, and what is called so here.
    private static let others = [
        "render": "run", "start": "run", "exec": "run", "go": "run", "generate": "run", "repro": "run", "make": "run",
        "report": "run RECIPE --report FILE.html", "serve": "run RECIPE --serve", "watch": "run RECIPE --watch",
        "ui": "run RECIPE --serve", "test": "run RECIPE --ci", "validate": "check", "lint": "check", "verify": "check",
        "status": "plan", "dry-run": "plan", "dryrun": "plan", "preview": "plan", "why": "explain", "info": "inspect",
        "show": "inspect", "describe": "inspect", "cat": "inspect", "metadata": "inspect", "exif": "inspect",
        "accept": "approve", "update": "approve", "bless": "approve", "snapshot": "approve", "redo": "replay",
        "rerun": "replay", "reproduce": "replay", "dag": "graph", "log": "history", "runs": "history", "list": "nodes",
        "ls": "nodes", "kinds": "nodes", "convert": "import", "from-comfyui": "import", "completion": "completions",
        "clean": "cache clear", "clear": "cache clear", "purge": "cache clear", "gc": "cache gc", "prune": "cache gc",
        "stats": "cache stats", "size": "cache stats", "export": "cache export", "push": "cache push",
        "merge": "cache import",
        "pull": "cache import", "version": "--version", "man": "help", "usage": "help", "diagnose": "doctor",
        "env": "doctor",
    ]
    private static let othersOfCache = [
        "merge": "cache export, and then cache import into the other",
        "copy": "cache export, and then cache import elsewhere",
        "pull": "cache import", "load": "cache import", "restore": "cache import", "save": "cache export",
        "dump": "cache export", "upload": "cache push", "prune": "cache gc", "clean": "cache gc", "trim": "cache gc",
        "purge": "cache clear", "delete": "cache clear", "remove": "cache clear", "rm": "cache clear",
        "ls": "cache list",
        "show": "cache list", "info": "cache stats", "size": "cache stats", "du": "cache stats",
        "status": "cache stats",
        "check": "cache verify", "fsck": "cache verify", "repair": "cache verify --repair",
    ]
    private static let commandsOfCache = CacheCommand.configuration.subcommands.map { $0._commandName }

    /// nil where the first word may stand.
    init?(_ arguments: [String], among commands: [String]) {
        guard let word = arguments.first, !word.hasPrefix("-") else { return nil }
        if word == "cache" {
            guard let second = arguments.dropFirst().first, !second.hasPrefix("-"),
                !Self.commandsOfCache.contains(second), second != "help"
            else { return nil }
            let meant =
                Self.othersOfCache[second] ?? nearMatch(to: second, among: Self.commandsOfCache).map { "cache \($0)" }
            text =
                "there is no `cache \(second)`; "
                + (meant.map { "did you mean `\($0)`?" } ?? "`pulid-run help cache` lists what there is")
            return
        }
        guard !commands.contains(word), access(word, F_OK) != 0 else { return nil }
        let looksLikeAFile = word.contains(".") || word.contains("/")
        let recipes: [String] = ["\(word).yaml", "\(word).yml", "recipes/\(word).yaml"]
            .filter { FileManager.default.fileExists(atPath: $0) }
        let meant = recipes.first ?? Self.others[word] ?? nearMatch(to: word, among: commands)
        guard meant != nil || !looksLikeAFile else { return nil }
        text =
            "there is no command or recipe `\(TerminalText(word).escaped())`; "
            + (meant.map { "did you mean `\($0)`?" } ?? "`pulid-run --help` lists the commands")
    }
}
