import Graph
import Recipes

/// A picture is measured against a file that is not there yet.
struct MissingBaseline: Error, Hashable, CustomStringConvertible {
    /// As seen from here, fit for a terminal.
    let path: String
    /// The recipe's file, as the user named it.
    let recipe: String

    init(path: String, recipe: String) {
        self.path = TerminalText(pathFromHere(path)).escaped()
        self.recipe = recipe
    }

    var description: String { "there is no baseline \(path) yet" }

    func diagnostic(at location: SourceLocation) -> Diagnostic {
        Diagnostic(
            .error,
            "there is no baseline `\(path)` yet",
            at: location,
            hint: "look at the picture; `pulid-run approve \(recipe)` takes it"
        )
    }
}
