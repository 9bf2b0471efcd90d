/// Rows of text whose columns line up. Nothing follows the last cell of a row.
public struct TextColumns: CustomStringConvertible {
    private let rows: [[String]]
    private let right: Set<Int>

    /// - Parameter right: the columns that hold numbers.
    public init(_ rows: [[String]], right: Set<Int> = []) {
        self.rows = rows
        self.right = right
    }

    /// A line for each row, with its newline.
    public var description: String { lines.map { $0 + "\n" }.joined() }

    public var lines: [String] {
        var widths: [Int] = []
        for row in rows {
            for (column, cell) in row.enumerated() {
                if column == widths.count { widths.append(0) }
                // What nothing follows may be as long as it likes.
                if column == row.count - 1, !right.contains(column) { continue }
                widths[column] = max(widths[column], cell.count)
            }
        }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                if right.contains(column) { return padding + cell }
                return column == row.count - 1 ? cell : cell + padding
            }.joined(separator: "  ")
        }
    }
}
