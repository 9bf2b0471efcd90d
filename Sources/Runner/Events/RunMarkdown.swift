import Recipes

/// A run in Markdown, for the summaries of build servers: what it came to, and what is wrong, the worst first.
public struct RunMarkdown {
    /// Rows of problems; a summary has a limit, and so has a reader.
    static let mostRows = 50

    public let text: String

    /// - Parameter pictures: where the pictures are that expectations measure.
    public init(_ summary: RunSummary, pictures: PicturePlaces? = nil) {
        var lines = ["### pulid-run", "", String(TextReporter.text(summary).dropLast()), ""]
        let failures = summary.failures.map { failure in
            ["`\(failure.name.shortTitle)`", failure.isMissingBaseline ? "no baseline" : "failed", failure.reason, ""]
        }
        let unmet = summary.expectations.enumerated().compactMap { number, report in
            report.excess.map { (excess: $0, number, report) }
        }
        let rows =
            failures
            + unmet.sorted { ($1.excess, $0.1) < ($0.excess, $1.1) }.map { _, _, report in
                let place = pictures?[report.name]
                return [
                    "`\(place?.output ?? report.name.shortTitle)`", "`\(report.expectation.text)`",
                    report.measured.map { TableText.number($0) } ?? "not measured",
                    place.map { "`\($0.baseline)`" } ?? "",
                ]
            }
        if !rows.isEmpty {
            lines += ["| what | problem | found | baseline |", "|---|---|---|---|"]
            lines += rows.prefix(Self.mostRows).map { row in "| \(row.map(Self.cell).joined(separator: " | ")) |" }
            if rows.count > Self.mostRows { lines += ["", "and \(rows.count - Self.mostRows) more"] }
            lines.append("")
        }
        for group in summary.regressions {
            let fence = String(repeating: "`", count: 3)
            lines += [fence + "text", group.text.replacing(fence, with: "``") + fence, ""]
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// A recipe that cannot be run.
    public init(errors diagnostics: [Diagnostic]) {
        let errors = diagnostics.filter { $0.severity == .error }
        let rows = errors.map { error in
            let location = error.location
            let place = location.line > 0 ? "\(location.file):\(location.line):\(location.column)" : location.file
            let hint = error.hint.map { " (\($0))" } ?? ""
            return "| \(Self.cell("`\(place)`")) | \(Self.cell(error.message + hint)) |"
        }
        let count = counted(errors.count, "error")
        let head = ["### pulid-run", "", "the recipe cannot be run: \(count)", "", "| where | what |", "|---|---|"]
        text = (head + rows + [""]).map { $0 + "\n" }.joined()
    }

    /// Texts come from recipes: nothing in them ends the cell, or the code that it stands in.
    private static func cell(_ text: String) -> String {
        let isCode = text.count > 1 && text.hasPrefix("`") && text.hasSuffix("`")
        let inner = TerminalText(isCode ? String(text.dropFirst().dropLast()) : text).escaped()
            .replacing("\\", with: isCode ? "\\" : "\\\\").replacing("|", with: "\\|")
        guard isCode else {
            return inner.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("`", with: "\\`")
                .replacing("[", with: "\\[")
        }
        return "`" + inner.replacing("`", with: "'") + "`"
    }
}
