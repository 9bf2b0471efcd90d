import Curriculum
import Foundation
import Graph

/// What was measured of the networks that PuLID's training rests on, beside what is wanted.
public struct GatesArtifact: Artifact {
    public static let kind = "gates"
    public static let fields = Gate.allCases.map(\.rawValue)
    public static let extensions = ["md", "csv"]

    let measured: [Gate: Double]

    init(_ measured: [Gate: Double]) { self.measured = measured }

    public func field(_ name: String) -> Double? { Gate(rawValue: name).flatMap { measured[$0] } }

    public var record: ArtifactRecord {
        ArtifactRecord(
            kind: Self.kind,
            values: Dictionary(uniqueKeysWithValues: measured.map { ($0.rawValue, .number($1)) })
        )
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        measured = try Dictionary(
            uniqueKeysWithValues: record.values.map { name, value in
                guard let gate = Gate(rawValue: name), case .number(let number) = value else {
                    throw ArtifactError.damaged(kind: Self.kind, reason: "\(name) is no gate with a number")
                }
                return (gate, number)
            }
        )
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        let rows = Gate.allCases.compactMap { gate in
            measured[gate].map {
                [
                    gate.rawValue, String(format: "%.3f", $0), String(format: "%g", gate.wanted),
                    gate.isPassed(by: $0) ? "yes" : "no",
                ]
            }
        }
        return Array(table(["network", "measured", "wanted", "passed"], rows, as: fileExtension).utf8)
    }
}

/// Rows as Markdown has them for `md`, or separated by commas.
func table(_ head: [String], _ rows: [[String]], as fileExtension: String) -> String {
    let isForPeople = fileExtension == "md"
    let rule = isForPeople ? [Array(repeating: "---", count: head.count)] : []
    let lines = ([head] + rule + rows).map { cells in
        isForPeople ? "| " + cells.joined(separator: " | ") + " |" : cells.joined(separator: ",")
    }
    return lines.joined(separator: "\n") + "\n"
}
