import Graph
import Recipes

/// A picture is measured against a file that is not there yet.
struct MissingBaseline: Error, Hashable, CustomStringConvertible {
    /// As seen from here, fit for a terminal.
    let path: String
    /// The command that makes it.
    let accept: String
    /// The picture that was accepted and has no file: it is not in the cache.
    let kept: Digest?

    init(path: String, accept: AcceptCommand, kept: Digest? = nil) {
        self.path = TerminalText(pathFromHere(path)).escaped()
        self.accept = accept.line
        self.kept = kept
    }

    var description: String {
        kept.map { "the accepted picture \($0.short) of the baseline \(path) is not in this cache" }
            ?? "there is no baseline \(path) yet"
    }

    func diagnostic(at location: SourceLocation) -> Diagnostic {
        if let kept {
            return Diagnostic(
                .error,
                "the accepted picture \(kept.short) of the baseline `\(path)` is not in this cache, and the render is another",
                at: location,
                hint: "bring it with `pulid-run cache import`, or look at the picture and let "
                    + "`\(accept)` take it"
            )
        }
        return Diagnostic(
            .error,
            "there is no baseline `\(path)` yet",
            at: location,
            hint: "look at the picture; `\(accept)` takes it"
        )
    }
}
