import Foundation
import Graph

/// A node that several processes run together, as the first tells the others of it: which one, and its inputs. References are
/// not sent: each makes its own, of its own files.
struct TeamTask {
    /// Of the graph's instances.
    let index: Int
    /// By port, in order: nil for a reference.
    let inputs: [String: [ArtifactRecord?]]

    private static let kind = "team task"

    /// - Throws: what reading an input throws
    init(_ index: Int, _ inputs: [String: [InputValue]], of graph: ExecutionGraph) throws {
        self.index = index
        var records: [String: [ArtifactRecord?]] = [:]
        for (port, values) in inputs {
            let sources = graph.instances[index].inputs(of: port) ?? []
            records[port] = try zip(values, sources).map { value, source in
                graph.instances[source].schema.evaluation == .reference ? nil : try value.read().record
            }
        }
        self.inputs = records
    }

    /// - Parameter title: of the instance
    func encoded(title: String) -> Data {
        var blocks: [String: ArtifactRecord.Block] = [:]
        var counts: [String: Value] = [:]
        for (port, records) in inputs {
            counts[port] = .integer(Int128(records.count))
            for case (let place, let record?) in records.enumerated() {
                let bytes = RecordCoder.encode(record).bytes
                blocks["\(port) \(place)"] = ArtifactRecord.Block(element: .uint8, shape: [bytes.count], bytes: bytes)
            }
        }
        let values: [String: Value] = [
            "index": .integer(Int128(index)), "title": .string(title), "inputs": .map(counts),
        ]
        let record = ArtifactRecord(kind: Self.kind, blocks: blocks, values: values)
        return RecordCoder.encode(record).bytes.withUnsafeBytes { Data($0) }
    }

    /// - Throws: `TeamTaskError` where the first process has another recipe, or sent something else
    init(_ data: Data, of graph: ExecutionGraph) throws {
        let record = try RecordCoder.decode(Bytes([UInt8](data)))
        guard record.kind == Self.kind, case .integer(let wide)? = record.values["index"],
            case .string(let title)? = record.values["title"], case .map(let counts)? = record.values["inputs"],
            let index = Int(exactly: wide), graph.instances.indices.contains(index),
            graph.instances[index].title == title
        else { throw TeamTaskError.otherRecipe }
        var inputs: [String: [ArtifactRecord?]] = [:]
        for (port, count) in counts {
            guard case .integer(let count) = count, count == graph.instances[index].inputs(of: port)?.count ?? -1 else {
                throw TeamTaskError.otherRecipe
            }
            inputs[port] = try (0..<Int(count)).map { place in
                try record.blocks["\(port) \(place)"].map { try RecordCoder.decode($0.bytes) }
            }
        }
        (self.index, self.inputs) = (index, inputs)
    }
}

enum TeamTaskError: Error, CustomStringConvertible {
    case otherRecipe

    var description: String {
        "the first of the processes runs another recipe, or with other settings: all have to be started alike"
    }
}
