import Graph
import Recipes

/// The command that accepts pictures of a run as baselines, with the settings without which they would be others.
public struct AcceptCommand: Hashable, Sendable {
    private let words: [String]

    /// - Parameters:
    ///   - recipe: the file, as the user named it.
    ///   - settings: what `--set` gave.
    public init(recipe: String, settings: [String]) {
        words = ["pulid-run", "approve", recipe] + settings.flatMap { ["--set", $0] }
    }

    /// Accepts all pictures that are measured.
    public var line: String { ShellWord.line(words) }

    /// Accepts pictures by their titles: `image[style=neon]`.
    public func line(only titles: [String]) -> String { ShellWord.line(words + titles.flatMap { ["--only", $0] }) }

    /// Accepts all that has changed for one cause.
    func line(for cause: RegressionCause) -> String { ShellWord.line(words + ["--cause", cause.id]) }

    /// Lists what would be accepted.
    var listing: String { ShellWord.line(words + ["--dry-run"]) }
}
