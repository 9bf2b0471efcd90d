import Graph
import Tensors

/// Who the person is, in tokens that the UNet can attend to, and where, when and how they act.
public struct IdentityArtifact: Artifact {
    public static let kind = "identity"
    public static let extensions = ["safetensors"]
    public static let loader: String? = "load_id"

    /// (1, T, cross-attention width)
    public let id: Tensor
    /// The tokens of nobody, of the same shape: what guidance leads away from.
    public let uncond: Tensor
    /// Files do not hold it: they say who it is.
    public let placement: IdentityPlacement

    public init(id: Tensor, uncond: Tensor, placement: IdentityPlacement = IdentityPlacement()) {
        self.id = id
        self.uncond = uncond
        self.placement = placement
    }

    public var record: ArtifactRecord {
        var blocks: [String: ArtifactRecord.Block] = ["id": .init(id), "uncond": .init(uncond)]
        if let mask = placement.mask { blocks["mask"] = .init(mask) }
        return ArtifactRecord(kind: Self.kind, blocks: blocks, values: placement.values)
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        id = try record.tensor("id", shape: [1, nil, nil])
        uncond = try record.tensor("uncond", shape: id.shape)
        let mask = record.blocks["mask"] == nil ? nil : try record.tensor("mask", shape: [1, 1, nil, nil])
        do {
            placement = try IdentityPlacement(values: record.values, mask: mask)
        } catch {
            throw ArtifactError.damaged(kind: Self.kind, reason: "a setting has another form")
        }
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        try safetensors(["id": id, "uncond": uncond])
    }
}
