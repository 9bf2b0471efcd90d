import Foundation
import Graph
import Nodes
import Recipes

/// The measures in a table that a recipe wrote: `scores.csv` or `scores.json`.
struct ScoreTable {
    /// By measure; nil where it was not measured.
    let columns: [(name: String, values: [Double?])]

    private static let largest = 64 << 20

    /// - Throws: `ScoreTableError`.
    init(_ file: String) throws {
        guard let data = FileManager.default.contents(atPath: file), data.count <= Self.largest else {
            throw ScoreTableError.unreadable(file)
        }
        let rows: [[String: Double]]
        if file.hasSuffix(".json") {
            guard let objects = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]] else {
                throw ScoreTableError.noTable(file)
            }
            rows = objects.map { object in object.compactMapValues { ($0 as? NSNumber)?.doubleValue } }
        } else {
            guard let text = String(data: data, encoding: .utf8) else { throw ScoreTableError.noTable(file) }
            let lines = text.split(whereSeparator: \.isNewline).map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            guard let head = lines.first else { throw ScoreTableError.noTable(file) }
            // Cells of a sweep may hold commas in quotes; measures are the last columns, and numbers.
            rows = lines.dropFirst().map { line in
                Dictionary(
                    zip(head.reversed(), line.reversed()).compactMap { name, text in Double(text).map { (name, $0) } },
                    uniquingKeysWith: { first, _ in first }
                )
            }
        }
        columns = FileComparison.fields.compactMap { field in
            let values = rows.map { $0[field] }
            return values.contains { $0 != nil } ? (field, values) : nil
        }
        guard !columns.isEmpty else { throw ScoreTableError.noTable(file) }
    }
}

enum ScoreTableError: Error, CustomStringConvertible {
    case unreadable(String)
    case noTable(String)

    var description: String {
        switch self {
        case .unreadable(let file): "\(file) cannot be read"
        case .noTable(let file): "\(file) holds no measures; name a table that a recipe wrote, such as scores.csv"
        }
    }
}
