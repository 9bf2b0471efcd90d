import Graph

/// Gathers everything that is wrong with a recipe while it is read, so that all of it is reported at once.
final class DiagnosticCollector {
    /// More than this says nothing new, and a hostile recipe could cause a hundred thousand.
    private static let limit = 500

    private var found: [Diagnostic] = []
    private var known: Set<Diagnostic> = []
    private var omitted = 0
    /// Bounds the work of finding near matches in a recipe that is wrong everywhere.
    private var comparisonsLeft = 50_000
    private(set) var hasErrors = false

    func report(_ diagnostic: Diagnostic) {
        if diagnostic.severity == .error { hasErrors = true }
        guard known.insert(diagnostic).inserted else { return }
        guard found.count < Self.limit else {
            omitted += 1
            return
        }
        found.append(diagnostic)
    }

    func error(
        _ message: String,
        at location: SourceLocation,
        notes: [Diagnostic.Note] = [],
        hint: String? = nil
    ) {
        report(Diagnostic(.error, message, at: location, notes: notes, hint: hint))
    }

    func warning(
        _ message: String,
        at location: SourceLocation,
        notes: [Diagnostic.Note] = [],
        hint: String? = nil
    ) {
        report(Diagnostic(.warning, message, at: location, notes: notes, hint: hint))
    }

    /// What was reported, by location; at one place in the order reported.
    var sorted: [Diagnostic] {
        var all = found.enumerated().sorted {
            ($0.element.location, $0.offset) < ($1.element.location, $1.offset)
        }.map(\.element)
        if omitted > 0, let last = all.last {
            all.append(
                Diagnostic(
                    .error,
                    "\(omitted) more problems are not shown",
                    at: SourceLocation(file: last.location.file, line: 0, column: 0),
                    hint: "mend these first; the others may go with them"
                )
            )
        }
        return all
    }

    /// The candidate that a misspelt name most likely meant.
    ///
    /// - Parameter isOfFew: whether the candidates are so few that half of the name may differ: `foto` for `photo`.
    func nearMatch(to name: String, among candidates: some Collection<String>, isOfFew: Bool = false) -> String? {
        // One letter is near to every other, and the same as itself in another case.
        if name.count == 1 { return candidates.first { $0.lowercased() == name.lowercased() } }
        guard candidates.count <= comparisonsLeft, name.utf8.count <= 100 else { return nil }
        comparisonsLeft -= candidates.count
        let limit = max(1, name.count / (isOfFew ? 2 : 3))
        return Recipes.nearMatch(to: name, among: candidates.lazy.filter { $0.utf8.count <= 200 }, limit: limit)
    }

    /// "did you mean `$photo`?", if a candidate is near.
    func suggestion(
        for name: String,
        among candidates: some Collection<String>,
        prefix: String = ""
    ) -> String? {
        nearMatch(to: name, among: candidates).map { "did you mean \(code(prefix + $0))?" }
    }
}
