import Graph
import Recipes

/// A lock file that cannot be relied on.
public enum BaselineLockError: Error, Hashable {
    case unreadable(path: String, recipe: String)
    case damaged(path: String, recipe: String)
    /// It does not hold what it held when it was written.
    case edited(path: String, recipe: String)
    case otherFormat(path: String, found: Int, recipe: String)
    case otherRecipe(path: String, found: String, expected: String, recipe: String)
}

extension BaselineLockError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let recipe):
            "\(shown(path)) cannot be read; \(Self.remedy(recipe))"
        case .damaged(let path, let recipe):
            "\(shown(path)) is no lock file of baselines, or a damaged one; \(Self.remedy(recipe))"
        case .edited(let path, let recipe):
            "\(shown(path)) was edited since it was written, by hand or by a merge; \(Self.remedy(recipe))"
        case .otherFormat(let path, let found, let recipe):
            "\(shown(path)) has the format \(found), which this program does not read; \(Self.remedy(recipe))"
        case .otherRecipe(let path, let found, let expected, let recipe):
            "\(shown(path)) is of the recipe `\(shown(found))`, and this is `\(shown(expected))`; \(Self.remedy(recipe))"
        }
    }

    private static func remedy(_ recipe: String) -> String {
        "take it from version control again, or remove it and run `pulid-run approve \(shown(recipe))`, which writes it anew"
    }
}

private func shown(_ text: String) -> String { TerminalText(text).escaped() }
