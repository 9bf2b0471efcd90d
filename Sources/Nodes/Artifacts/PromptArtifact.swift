import Graph
import Tensors

/// A prompt and what it is guided away from, as both text encoders see them.
public struct PromptArtifact: Artifact {
    public static let kind = "prompt"
    public static let extensions = ["safetensors"]

    /// (1, T, cross-attention width)
    public let embeds: Tensor
    /// (1, pooled width)
    public let pooled: Tensor
    /// As `embeds`
    public let negativeEmbeds: Tensor
    /// As `pooled`
    public let negativePooled: Tensor

    public init(embeds: Tensor, pooled: Tensor, negativeEmbeds: Tensor, negativePooled: Tensor) {
        self.embeds = embeds
        self.pooled = pooled
        self.negativeEmbeds = negativeEmbeds
        self.negativePooled = negativePooled
    }

    private var tensors: [String: Tensor] {
        ["embeds": embeds, "pooled": pooled, "negative_embeds": negativeEmbeds, "negative_pooled": negativePooled]
    }

    public var record: ArtifactRecord { ArtifactRecord(kind: Self.kind, blocks: tensors.mapValues { .init($0) }) }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        embeds = try record.tensor("embeds", shape: [1, nil, nil])
        pooled = try record.tensor("pooled", shape: [1, nil])
        negativeEmbeds = try record.tensor("negative_embeds", shape: embeds.shape)
        negativePooled = try record.tensor("negative_pooled", shape: pooled.shape)
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        try safetensors(tensors)
    }
}
