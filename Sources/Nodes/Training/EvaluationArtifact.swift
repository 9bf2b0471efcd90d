import Curriculum
import Foundation
import Graph

/// What was measured of a model on people and prompts that it has not seen.
public struct EvaluationArtifact: Artifact {
    public static let kind = "evaluation"
    /// Of each metric the mean, and the ends of the interval that holds it with 95 %.
    public static let fields =
        EvaluationMetric.allCases.flatMap { [$0.rawValue, $0.rawValue + "_low", $0.rawValue + "_high"] }
        + ["faces_found", "pictures"]
    public static let extensions = ["csv"]

    let report: EvaluationReport

    init(_ report: EvaluationReport) { self.report = report }

    public func field(_ name: String) -> Double? {
        if name == "faces_found" { return report.facesFound }
        if name == "pictures" { return Double(report.pictures) }
        for metric in EvaluationMetric.allCases where name.hasPrefix(metric.rawValue) {
            guard let estimate = report.estimate(metric) else { return nil }
            switch name.dropFirst(metric.rawValue.count) {
            case "": return estimate.mean
            case "_low": return estimate.low
            case "_high": return estimate.high
            default: continue
            }
        }
        return nil
    }

    public var record: ArtifactRecord {
        var values: [String: Value] = [
            "faces found": .number(report.facesFound), "pictures": .number(Double(report.pictures)),
        ]
        if !report.skins.isEmpty { values["skins"] = .list(report.skins.map { .string($0) }) }
        for (metric, people) in report.values {
            values[metric.rawValue] = .list(people.map { $0.map { .number($0) } ?? .null })
        }
        return ArtifactRecord(kind: Self.kind, values: values)
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        func number(_ name: String) throws -> Double {
            guard case .number(let number)? = record.values[name] else {
                throw ArtifactError.damaged(kind: Self.kind, reason: "\(name) is missing")
            }
            return number
        }
        var values: [EvaluationMetric: [Double?]] = [:]
        for metric in EvaluationMetric.allCases {
            guard case .list(let people)? = record.values[metric.rawValue] else { continue }
            values[metric] = people.map { if case .number(let number) = $0 { number } else { nil } }
        }
        var skins: [String] = []
        if case .list(let names)? = record.values["skins"] {
            skins = names.compactMap { if case .string(let name) = $0 { name } else { nil } }
        }
        report = EvaluationReport(
            values: values,
            skins: skins,
            pictures: Int(exactly: try number("pictures")) ?? 0,
            facesFound: try number("faces found")
        )
    }

    /// A row for each person.
    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        let metrics = EvaluationMetric.allCases.filter { report.values[$0] != nil }
        let people = report.values.values.map(\.count).max() ?? 0
        let hasSkins = report.skins.count == people && people > 0
        let rows = (0..<people).map { person in
            (["\(person)"] + (hasSkins ? [report.skins[person]] : [])
                + metrics.map { report.values[$0]?[person].map { String(format: "%.6f", $0) } ?? "" })
                .joined(separator: ",")
        }
        let head = (["person"] + (hasSkins ? ["skin"] : []) + metrics.map(\.rawValue)).joined(separator: ",")
        return Array(([head] + rows).joined(separator: "\n").utf8) + Array("\n".utf8)
    }
}
