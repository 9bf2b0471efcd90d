import Foundation
import Tensors

/// Writes safetensors files. The same tensors and metadata give the same bytes, those of the official library: wider
/// types first, then by name, the data aligned to 8 bytes.
public struct SafetensorsWriter {
    /// What floats are stored as. `f16` rounds to the nearest, ties to even.
    public enum Precision: Sendable {
        case f32, f16

        var type: ElementType { self == .f32 ? .f32 : .f16 }
    }

    private struct Member {
        let name: String
        let tensor: Tensor
        let precision: Precision

        var byteCount: Int { tensor.count * precision.type.block.bytes }
    }

    private var members: [Member] = []
    private let metadata: [String: String]

    public init(metadata: [String: String] = [:]) { self.metadata = metadata }

    public mutating func add(_ name: String, _ tensor: Tensor, as precision: Precision = .f32) {
        members.append(Member(name: name, tensor: tensor, precision: precision))
    }

    public mutating func add(_ tensors: [String: Tensor], as precision: Precision = .f32) {
        for (name, tensor) in tensors { add(name, tensor, as: precision) }
    }

    /// The file's bytes.
    ///
    /// - Throws: `CheckpointError`
    public func serialized() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try write { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Gives the file piece by piece, for what is too large to be in memory.
    ///
    /// - Throws: `CheckpointError`, and what `sink` throws
    public func write(_ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        let ordered = members.sorted { a, b in
            let (wider, narrower) = (a.precision.type.block.bytes, b.precision.type.block.bytes)
            return wider == narrower ? a.name.utf8.lexicographicallyPrecedes(b.name.utf8) : wider > narrower
        }
        var names: Set<String> = ["__metadata__"]
        for member in ordered where !names.insert(member.name).inserted {
            throw CheckpointError.duplicateTensor(name: member.name)
        }
        try header(ordered).withUnsafeBytes(sink)
        for member in ordered { try write(member, sink) }
    }

    // MARK: - Layout

    private func header(_ ordered: [Member]) -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let sorted = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            let pairs = sorted.map { "\(jsonString($0.key)):\(jsonString($0.value))" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for member in ordered {
            let shape = member.tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + member.byteCount
            fields.append(
                "\(jsonString(member.name)):{\"dtype\":\"\(member.precision.type.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}"
            )
            offset = end
        }
        var text = Array("{\(fields.joined(separator: ","))}".utf8)
        text += Array(repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }

    private func write(_ member: Member, _ sink: (UnsafeRawBufferPointer) throws -> Void) throws {
        try member.tensor.withValues { values in
            guard member.precision == .f16 else { return try sink(UnsafeRawBufferPointer(values)) }
            let grain = 1 << 16
            for start in stride(from: 0, to: values.count, by: grain) {
                let halves = try values[start..<min(values.count, start + grain)].map { value in
                    let half = Float16(value)
                    guard half.isFinite || !value.isFinite else {
                        throw CheckpointError.beyondF16(tensor: member.name, value: value)
                    }
                    return half
                }
                try halves.withUnsafeBytes(sink)
            }
        }
    }
}

/// A JSON string as Rust's serde_json writes it: nothing is escaped that need not be.
private func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\u{8}": result += "\\b"
        case "\t": result += "\\t"
        case "\n": result += "\\n"
        case "\u{c}": result += "\\f"
        case "\r": result += "\\r"
        case ..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
