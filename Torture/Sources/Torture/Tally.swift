import Foundation

/// The counts of all scenarios; kept in a file, several runs add up.
struct Tally: Codable {
    private(set) var scenarios: [String: Counts] = [:]
    /// Named points at which a process was killed.
    private(set) var points: Set<String> = []

    var total: Counts { scenarios.values.reduce(into: Counts()) { $0 += $1 } }

    init() {}

    /// - Throws: what is there and is no tally, so that it is not overwritten.
    init(file: String) throws {
        guard FileManager.default.fileExists(atPath: file) else { return }
        self = try JSONDecoder().decode(Tally.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
    }

    mutating func add(_ trial: Trial) {
        scenarios[trial.scenario, default: Counts()] += trial.counts
        points.formUnion(trial.points)
    }

    func save(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    /// A Markdown table, as docs/RELIABILITY.md shows it.
    func table(order: [String]) -> String {
        let names = order.filter { scenarios[$0] != nil } + scenarios.keys.filter { !order.contains($0) }.sorted()
        let rows = names.map { ($0, scenarios[$0] ?? Counts()) } + [("all", total)]
        let cells =
            [["scenario"] + Counts.columns.map(\.name)]
            + rows.map { name, counts in [name] + Counts.columns.map { "\(counts[keyPath: $0.path])" } }
        let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let lines = cells.map { row in
            let padded = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            String(repeating: "-", count: width + (column == 0 ? 2 : 1)) + (column == 0 ? "" : ":")
        }
        return ([lines[0], "|" + rule.joined(separator: "|") + "|"] + lines.dropFirst()).joined(separator: "\n")
    }
}
