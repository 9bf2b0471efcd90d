import Checkpoints
import Graph
import Tensors

/// The weights of a network, or of several under their names: `unet.conv_in.weight`.
public struct WeightsArtifact: Artifact {
    public static let kind = "weights"
    public static let extensions = ["safetensors"]
    public static let loader: String? = "load_weights"

    package let tensors: [String: Tensor]
    /// What the file says beside them.
    let metadata: [String: String]
    /// Of each step of the training that made them.
    package let losses: [Float]
    /// Whether files of them hold half the digits, as released models do.
    let isHalf: Bool

    public init(
        _ tensors: [String: Tensor],
        metadata: [String: String] = [:],
        losses: [Float] = [],
        isHalf: Bool = false
    ) {
        self.tensors = tensors
        self.metadata = metadata
        self.losses = losses
        self.isHalf = isHalf
    }

    private static let prefix = "tensor "

    /// The weights as a network asks for them.
    ///
    /// - Parameter role: what messages call them
    func source(_ role: String) -> Weights { Weights(GivenWeights(name: role, tensors)) }

    public var record: ArtifactRecord {
        var blocks = Dictionary(uniqueKeysWithValues: tensors.map { (Self.prefix + $0, ArtifactRecord.Block($1)) })
        blocks["losses"] = ArtifactRecord.Block(Tensor(losses, shape: [losses.count]))
        return ArtifactRecord(
            kind: Self.kind,
            blocks: blocks,
            values: metadata.reduce(into: ["half": .bool(isHalf)]) { $0["metadata \($1.key)"] = .string($1.value) }
        )
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        var tensors: [String: Tensor] = [:]
        for (name, block) in record.blocks where name.hasPrefix(Self.prefix) {
            tensors[String(name.dropFirst(Self.prefix.count))] = try record.tensor(name, shape: block.shape.map { $0 })
        }
        let losses = try record.tensor("losses", shape: [nil], mayBeEmpty: true).values
        var metadata: [String: String] = [:]
        for case (let key, .string(let text)) in record.values where key.hasPrefix("metadata ") {
            metadata[String(key.dropFirst("metadata ".count))] = text
        }
        guard case .bool(let isHalf)? = record.values["half"] else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "half is missing")
        }
        self.init(tensors, metadata: metadata, losses: losses, isHalf: isHalf)
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        guard fileExtension == "safetensors" else {
            throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
        let origin = Dictionary(metadata.map { ($0.key, $0.text) }) { _, last in last }
        var writer = SafetensorsWriter(metadata: ["format": "pt"].merging(origin) { $1 }.merging(self.metadata) { $1 })
        writer.add(tensors, as: isHalf ? .f16 : .f32)
        return try writer.serialized()
    }
}
