import Foundation
import Graph
import SwiftProtobuf

/// What a key gave, as machines tell each other: an `ActionResult` whose one output file is the value, and whose standard
/// output says in JSON what it is the result of, followed by a signature where there is one.
public struct RemoteTrace: Hashable, Sendable {
    /// Of what is written here; others are not understood.
    static let format = 1
    /// Longer ones are not looked at.
    static let longest = 64 << 10
    private static let largestValue = 1 << 40

    public let key: Digest
    public let value: Digest
    /// Of the value, in bytes.
    public let size: Int
    /// The artifact's kind.
    public let kind: String
    public let node: String
    public let numerics: String
    /// Seconds that it took to compute.
    public let cost: Double

    init(key: Digest, value: Digest, size: Int, kind: String, node: String, numerics: String, cost: Double) {
        (self.key, self.value, self.size, self.kind) = (key, value, size, kind)
        (self.node, self.numerics, self.cost) = (node, numerics, cost)
    }

    // MARK: - As bytes

    private static let file = "value"

    func encoded(_ signatures: TraceSignatures) -> [UInt8] {
        let text = Value.map([
            "trace": .integer(Int128(Self.format)), "schema": .integer(Int128(CacheKey.schema)),
            "key": .string(key.hex), "node": .string(node), "numerics": .string(numerics), "kind": .string(kind),
            "value": .string(value.hex), "size": .integer(Int128(size)), "seconds": .number(cost),
        ]).json
        var result = BazelActionResult()
        var output = BazelOutputFile()
        output.path = Self.file
        output.digest.hash = value.hex
        output.digest.sizeBytes = Int64(size)
        result.outputFiles = [output]
        result.stdoutRaw = Data((text + "\n" + signatures.line(for: text)).utf8)
        // Servers that check entries write their client's address here where it is empty.
        result.executionMetadata.worker = "pulid-run"
        let bytes: Data? = try? result.serializedData()
        return [UInt8](bytes ?? Data())
    }

    /// What is wrong with an entry.
    enum Fault: Error, Hashable {
        case notATrace
        /// It belongs to another key, another kind of value, or says one thing here and another there.
        case contradicts
        /// Another version of the program wrote it.
        case otherFormat
        case unsigned
    }

    /// - Parameters:
    ///   - key: what it was found under.
    ///   - kind: what a result of that key is.
    init(_ bytes: [UInt8], for key: Digest, kind: String, _ signatures: TraceSignatures) throws(Fault) {
        guard bytes.count <= Self.longest, let result = try? BazelActionResult(serializedBytes: bytes),
            let text = String(validating: result.stdoutRaw, as: UTF8.self)
        else { throw .notATrace }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
        guard let first = lines.first, let told = try? JSONDecoder().decode(Told.self, from: Data(first.utf8)) else {
            throw .notATrace
        }
        guard told.trace == Self.format, told.schema == CacheKey.schema else { throw .otherFormat }
        guard let value = Digest(hex: told.value), (1...Self.largestValue).contains(told.size), told.seconds >= 0,
            told.seconds.isFinite
        else { throw .notATrace }
        guard told.key == key.hex, told.kind == kind, result.exitCode == 0, result.outputFiles.count == 1,
            result.outputFiles[0].digest.hash == value.hex, result.outputFiles[0].digest.sizeBytes == told.size
        else { throw .contradicts }
        guard signatures.accept(String(first), signed: lines.dropFirst().map(String.init)) else { throw .unsigned }
        self.key = key
        self.value = value
        (size, self.kind, node, numerics, cost) = (told.size, kind, told.node, told.numerics, told.seconds)
    }

    private struct Told: Decodable {
        let trace: Int
        let schema: Int
        let key: String
        let node: String
        let numerics: String
        let kind: String
        let value: String
        let size: Int
        let seconds: Double
    }
}
