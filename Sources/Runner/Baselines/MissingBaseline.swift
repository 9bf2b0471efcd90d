import Graph

/// A picture is measured against a file that is not there yet.
struct MissingBaseline: Error, Hashable, CustomStringConvertible {
    let path: String
    /// The recipe's file, as the user named it.
    let recipe: String

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
