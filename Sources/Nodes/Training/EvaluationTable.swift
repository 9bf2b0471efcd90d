import Curriculum
import Foundation
import Graph
import World

/// Evaluations side by side, with their intervals.
public struct EvaluationTable: Artifact {
    public static let kind = "evaluation table"
    public static let extensions = ["md", "csv"]

    let rows: [Row]

    /// A model.
    struct Row {
        let name: String
        let report: EvaluationReport
    }

    init(_ rows: [Row]) { self.rows = rows }

    public var record: ArtifactRecord {
        let fields = rows.map { Value.list([.string($0.name), .map(EvaluationArtifact($0.report).record.values)]) }
        return ArtifactRecord(kind: Self.kind, values: ["rows": .list(fields)])
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        guard case .list(let rows)? = record.values["rows"] else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "rows are missing")
        }
        self.rows = try rows.map { row in
            guard case .list(let fields) = row, fields.count == 2, case .string(let name) = fields[0],
                case .map(let values) = fields[1]
            else { throw ArtifactError.damaged(kind: Self.kind, reason: "a row is incomplete") }
            let evaluation = try EvaluationArtifact(
                record: ArtifactRecord(kind: EvaluationArtifact.kind, values: values)
            )
            return Row(name: name, report: evaluation.report)
        }
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        let head = ["model"] + EvaluationMetric.allCases.map(\.rawValue)
        let isForPeople = fileExtension == "md"
        let body = rows.map { row in
            [row.name] + EvaluationMetric.allCases.map { text(row.report.estimate($0), isForPeople) }
        }
        let all = table(head, body, as: fileExtension)
        guard isForPeople, let tones = byTone else { return Array(all.utf8) }
        return Array((all + "\nface_similarity by skin\n\n" + tones).utf8)
    }

    /// The likeness by skin tone, where people have one.
    private var byTone: String? {
        let tones = SkinTone.allCases.map(\.rawValue).filter { tone in
            rows.contains { $0.report.skins.contains(tone) }
        }
        guard !tones.isEmpty else { return nil }
        let body = rows.map { row in
            [row.name] + tones.map { text(row.report.estimate(.faceSimilarity, skin: $0), true) }
        }
        return table(["model"] + tones, body, as: "md")
    }

    private func text(_ estimate: EvaluationReport.Estimate?, _ isForPeople: Bool) -> String {
        guard let estimate else { return "" }
        let mean = String(format: "%.3f", estimate.mean)
        return isForPeople ? mean + String(format: " (%.3f to %.3f)", estimate.low, estimate.high) : mean
    }
}
