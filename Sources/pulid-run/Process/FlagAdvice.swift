import Foundation
import Recipes

/// What to write in place of a flag that there is not: what other programs call it, or a setting of the recipe.
struct FlagAdvice {
    let arguments: [String]

    init(_ arguments: [String]) { self.arguments = arguments }

    private static let others = [
        "--json": "write `--format json`", "--jsonl": "write `--format json`", "--junit": "write `--format junit:FILE`",
        "--reporter": "write `--format`", "--html": "write `--report FILE.html`", "--open": "write `--serve`",
        "--dry-run": "`pulid-run plan` says what would run", "--dryrun": "`pulid-run plan` says what would run",
        "-n": "`pulid-run plan` says what would run", "--what-if": "`pulid-run plan` says what would run",
        "-k": "write `--keep-going`", "--continue": "write `--keep-going`", "--ignore-errors": "write `--keep-going`",
        "-j": "write `--jobs`", "--cores": "write `--jobs`, or `--threads`", "-c": "write `--jobs`, or `--threads`",
        "--workers": "write `--jobs`", "--parallel": "write `--jobs`", "-t": "write `--threads`",
        "-o": "write `--out`", "--output": "write `--out`", "--outdir": "write `--out`",
        "--output-dir": "write `--out`",
        "--output-directory": "write `--out`", "--directory": "write `--out`",
        "--update": "`pulid-run approve` accepts pictures as baselines",
        "-u": "`pulid-run approve` accepts pictures as baselines",
        "--update-snapshots": "`pulid-run approve` accepts pictures as baselines",
        "--no-cache": "write `--cache EMPTY_FOLDER`, or `--force NODE` for a node",
        "--forceall": "write `--cache EMPTY_FOLDER`",
        "--force-all": "write `--cache EMPTY_FOLDER`",
        "-F": "write `--cache EMPTY_FOLDER`, or `--force NODE` for a node",
        "-f": "write `--force NODE`", "--rerun": "write `--force NODE`", "--until": "write `--only`",
        "--target": "write `--only`",
        "--filter": "`--set` leaves some values of an axis, `--only` runs up to a node",
        "--grep": "`--set` leaves some values of an axis, `--only` runs up to a node",
        "-g": "`--set` leaves some values of an axis, `--only` runs up to a node",
        "--param": "write `--set`", "--params": "write `--set`", "-p": "write `--set`", "-s": "write `--set`",
        "-S": "write `--set`", "-D": "write `--set`", "--config": "write `--set`", "--set-param": "write `--set`",
        "--silent": "write `--quiet`", "--debug": "write `--verbose`", "--log-level": "write `--verbose` or `--quiet`",
        "--lowvram": "write `--memory`, such as 8GiB", "--medvram": "write `--memory`, such as 8GiB",
        "--vram": "write `--memory`, such as 8GiB", "--ram": "write `--memory`, such as 8GiB",
        "--gpu": "it computes on processors alone", "--device": "it computes on processors alone",
        "--cuda": "it computes on processors alone", "--cpu": "it computes on processors alone",
        "--baseline": "write `approve`",
    ]

    /// The message of a flag that could not be read, with better advice where there is some.
    func improving(_ message: String) -> String {
        var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first else { return message }
        if first.hasPrefix("Error: Unknown option '"), let flag = Self.quoted(first), let advice = advice(for: flag) {
            lines[0] = "Error: there is no option '\(flag)'; \(advice)"
        } else if first.hasPrefix("Error: Unexpected argument"), let hint = hintForWord {
            lines[0] += "; \(hint)"
        }
        return lines.joined(separator: "\n")
    }

    private func advice(for flag: String) -> String? {
        let name = flag.hasPrefix("--") ? String(flag.dropFirst(2).prefix { $0 != "=" }) : ""
        let settings = RecipeNames(in: arguments).settable
        for own in [name, name.replacing("-", with: "_")] where settings.contains(own) {
            return "the recipe's own settings are given by `--set \(own)=VALUE`"
        }
        if let known = Self.others[flag] ?? Self.others[String(flag.prefix { $0 != "=" })] { return known }
        // `-j4`
        if !flag.hasPrefix("--"), flag.count > 2, let known = Self.others[String(flag.prefix(2))] { return known }
        let values = [
            "seed", "prompt", "steps", "cfg", "guidance", "sampler", "width", "height", "style", "photo", "face",
        ]
        return values.contains(name) ? "what a recipe has under params or axes is given by `--set \(name)=VALUE`" : nil
    }

    /// A word too many: half of a setting, or a second recipe.
    private var hintForWord: String? {
        if let place = arguments.firstIndex(of: "--set"), place + 2 < arguments.count {
            let (name, value) = (arguments[place + 1], arguments[place + 2])
            if !name.contains("="), !value.hasPrefix("-") { return "write `--set \(name)=\(value)`" }
        }
        let recipes = arguments.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        return recipes.count > 1 ? "one recipe is run at a time; `include` in a recipe takes another in" : nil
    }

    private static func quoted(_ text: String) -> String? {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return parts.count > 2 ? String(parts[1]) : nil
    }
}
