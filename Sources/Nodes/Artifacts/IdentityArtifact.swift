import Graph
import Tensors

/// Who the person is, in tokens that the UNet can attend to.
public struct IdentityArtifact: Artifact {
    public static let kind = "identity"
    public static let extensions = ["safetensors"]
    public static let loader: String? = "load_id"

    /// (1, T, cross-attention width)
    public let id: Tensor
    /// The tokens of nobody, of the same shape: what guidance leads away from.
    public let uncond: Tensor

    public init(id: Tensor, uncond: Tensor) {
        self.id = id
        self.uncond = uncond
    }

    public var record: Record { Record(kind: Self.kind, blocks: ["id": .init(id), "uncond": .init(uncond)]) }

    public init(record: Record) throws {
        try record.require(kind: Self.kind)
        id = try record.tensor("id", shape: [1, nil, nil])
        uncond = try record.tensor("uncond", shape: id.shape)
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        try safetensors(["id": id, "uncond": uncond])
    }
}
