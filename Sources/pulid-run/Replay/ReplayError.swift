import Recipes

/// Why a picture cannot be made again.
enum ReplayError: Error, CustomStringConvertible {
    case saysNothing(String)
    case noRecipe(picture: String, recipe: String)
    case noSuchNode(title: String, recipe: String)
    case wouldReplace(String)
    /// Files that a picture rests on, as seen from the folder.
    case filesAreGone(picture: String, folder: String, [String])

    var description: String {
        switch self {
        case .saysNothing(let picture):
            "\(picture) does not say what made it: it is no picture of this program, or another one has dropped its texts"
        case .noRecipe(let picture, let recipe):
            "\(picture) was made by the recipe \(TerminalText(recipe).escaped()), which is not there, as seen from its folder "
                + "or one around it; name it with --recipe"
        case .noSuchNode(let title, let recipe):
            "\(recipe) has no `\(TerminalText(title).escaped())` any more, which the picture shows"
        case .filesAreGone(let picture, let folder, let missing):
            "\(picture) rests on files that are not here: "
                + missing.prefix(3).map { TerminalText($0).escaped() }.joined(separator: ", ")
                + (missing.count > 3 ? " and \(missing.count - 3) more" : "")
                + ", as seen from \(TerminalText(folder).escaped()); say with --from in which folder its recipe lay"
        case .wouldReplace(let picture):
            "\(picture) would be replaced by the new picture; choose another folder with --out"
        }
    }
}
