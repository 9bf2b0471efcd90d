import Graph

/// Rows of a table: the cells of a sweep with the fields measured there.
struct TableText {
    struct Row {
        let cell: Cell
        /// In the order of `fields`; nil where not measured.
        let values: [Double?]
    }

    /// Raised when the same rows may give other text: tables in place are then written anew.
    static let revision = 3

    let axes: [String]
    let fields: [String]
    let rows: [Row]

    init(fields: [String], rows: [Row]) {
        self.fields = fields
        self.rows = rows
        var axes: [String] = []
        for row in rows {
            for coordinate in row.cell.coordinates where !axes.contains(coordinate.axis) {
                axes.append(coordinate.axis)
            }
        }
        self.axes = axes
    }

    /// - Throws: `ArtifactError.cannotBeWritten` unless the extension is csv or json.
    func encoded(as fileExtension: String) throws -> [UInt8] {
        switch fileExtension {
        case "csv": Array(csv.utf8)
        case "json": Array(json.utf8)
        default: throw ArtifactError.cannotBeWritten(kind: "table", fileExtension: fileExtension)
        }
    }

    /// RFC 4180: a header, lines that end in CR LF, quotes where a field needs them; empty where not measured.
    var csv: String {
        var lines = [(axes + fields).map(Self.quoted)]
        for row in rows {
            lines.append(
                axes.map { Self.quoted(row.cell[$0]?.description ?? "") }
                    + row.values.map { $0.map(Self.number) ?? "" }
            )
        }
        return lines.map { $0.joined(separator: ",") + "\r\n" }.joined()
    }

    /// An array with an object for each row; null where not measured, the greatest number there is for an infinite one.
    var json: String {
        let objects = rows.map { row in
            let cells = axes.map { "\(Value.string($0).json): \((row.cell[$0] ?? .null).json)" }
            let values = zip(fields, row.values).map { field, value in
                "\(Value.string(field).json): \(value.map(Self.jsonNumber) ?? "null")"
            }
            return "  {" + (cells + values).joined(separator: ", ") + "}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    /// The shortest text that reads back as the same number.
    static func number(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// The same as JSON may have it.
    private static func jsonNumber(_ value: Double) -> String {
        value.isFinite ? number(value) : Value.number(value).json
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r".contains($0) || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

/// What a table holds, in a line for each field.
public struct TableSummary: Sendable {
    public struct Field: Sendable {
        public let name: String
        /// Of the finite values; infinite where there are no others.
        public let least: Double
        public let mean: Double
        public let greatest: Double
        /// How many values are infinite, such as the PSNR of equal pictures.
        public let infinite: Int
    }

    public let path: String
    public let rows: Int
    /// Those measured in at least one row.
    public let fields: [Field]

    init(path: String, table: TableText) {
        self.path = path
        rows = table.rows.count
        fields = table.fields.indices.compactMap { column in
            let measured = table.rows.compactMap { $0.values[column] }
            let finite = measured.filter(\.isFinite)
            let values = finite.isEmpty ? measured : finite
            guard let least = values.min(), let greatest = values.max() else { return nil }
            let mean = values.reduce(0) { $0 + $1 / Double(values.count) }
            return Field(
                name: table.fields[column],
                least: least,
                mean: mean,
                greatest: greatest,
                infinite: measured.count { $0.isInfinite }
            )
        }
    }
}
