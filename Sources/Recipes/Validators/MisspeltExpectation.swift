import Graph

/// An expectation that is none, and what was probably meant by it: a condition of another language, or one turned around.
struct MisspeltExpectation {
    private let text: String

    init(_ text: String) { self.text = text }

    private static let usual = "write it as `$score.id_similarity >= 0.5`"
    private static let comparisons = Expectation.Comparison.allCases.map(\.rawValue)

    /// It does not begin with `$node.field`.
    var hintForStart: String {
        // Signs of two characters first, so that `>=` is not taken for `>`.
        for sign in Self.comparisons.sorted(by: { ($1.count, $0) < ($0.count, $1) }) {
            let parts = text.components(around: sign)
            guard parts.count > 1 else { continue }
            if parts.count == 2, PlainScalar.number(parts[0]) != nil, parts[1].hasPrefix("$") {
                return "the field comes first: write `\(parts[1]) \(Self.mirrored(sign)) \(parts[0])`"
            }
            if parts.count == 2, let field = Self.reference(parts[0]) {
                return "write `\(field) \(sign) \(printable(parts[1], limit: 40))`"
            }
            if parts.contains(where: { $0.hasPrefix("$") }) {
                return "write a line for each comparison, the field first"
            }
            break
        }
        if text.hasPrefix("not "), text.dropFirst(4).hasPrefix("$") { return "write `\(text.dropFirst(4)) == 0`" }
        if let open = text.firstIndex(of: "("), text[..<open].allSatisfy({ $0.isLetter }), open != text.startIndex {
            return "each expectation holds at every cell by itself, and nothing is computed of it: " + Self.usual
        }
        return Self.usual
    }

    /// The comparison, empty where there is none.
    func hint(forComparison written: String) -> String {
        switch written {
        case "=": return "write `==`"
        case "=>": return "write `>=`"
        case "=<": return "write `<=`"
        case "<>": return "write `!=`"
        default: break
        }
        if text.contains("≥") { return "write `>=`" }
        if text.contains("≤") { return "write `<=`" }
        if text.contains("≠") { return "write `!=`" }
        if text.hasSuffix(".pass") { return "write `\(text) == 1`" }
        if text.contains(" in ") { return "write a line with `>=` and one with `<=`" }
        return "use one of \(enumeration(Self.comparisons, "or")), as in `$score.id_similarity >= 0.5`"
    }

    /// What stands behind the comparison, where it is plainly no number; nil where it may be one.
    func hint(forBound bound: String) -> String? {
        for word in ["and", "or", "&&", "||"] where bound.components(around: " \(word) ").count > 1 {
            return word == "and" || word == "&&"
                ? "write each comparison on a line of its own"
                : "there is no \(code(word)): all that is expected must hold"
        }
        if Self.comparisons.contains(where: bound.contains) { return "write each comparison on a line of its own" }
        if bound.hasPrefix("$"), !bound.hasPrefix("${"), bound.contains(".") {
            return "write a number or `${param}`; `compare` measures one picture against another"
        }
        switch bound.lowercased() {
        case "true", "yes", "on": return "true counts as 1: write `== 1`"
        case "false", "no", "off": return "false counts as 0: write `== 0`"
        case "null", "none", "nan": return "a field that was not measured fails whatever it is compared with"
        default: break
        }
        if bound.hasSuffix(" warn") { return "a number is missing after `warn`" }
        return nil
    }

    private static func mirrored(_ sign: String) -> String {
        switch sign {
        case "<": ">"
        case "<=": ">="
        case ">": "<"
        case ">=": "<="
        default: sign
        }
    }

    /// `$score.psnr` of `score.psnr` or `${score}.psnr`.
    private static func reference(_ written: String) -> String? {
        let bare = written.filter { !"${}".contains($0) }
        let parts = bare.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        return parts.count == 2 && parts.allSatisfy(isName) ? "$" + bare : nil
    }
}

extension String {
    /// The texts before, between and after a mark, without spaces around them.
    fileprivate func components(around mark: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let found = rest.firstRange(of: mark) {
            parts.append(String(rest[..<found.lowerBound]))
            rest = rest[found.upperBound...]
        }
        return (parts + [String(rest)]).map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }
}
