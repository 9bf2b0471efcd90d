import Graph
import Tensors

/// A latent: (B, 4, h, w), scaled as the UNet sees it.
public struct LatentArtifact: Artifact {
    public static let kind = "latent"
    public static let extensions = ["safetensors", "npy"]
    public static let loader: String? = "load_latent"

    public let latent: Tensor

    public init(_ latent: Tensor) { self.latent = latent }

    public var record: Record { Record(kind: Self.kind, blocks: ["latent": .init(latent)]) }

    public init(record: Record) throws {
        try record.require(kind: Self.kind)
        latent = try record.tensor("latent", shape: [nil, nil, nil, nil])
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        switch fileExtension {
        case "safetensors": try safetensors(["latent": latent])
        case "npy": npy(latent)
        default: throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
    }
}
