import Graph
import Tensors

/// A latent, scaled as the UNet sees it.
public struct LatentArtifact: Artifact {
    public static let kind = "latent"
    public static let extensions = ["safetensors", "npy"]
    public static let loader: String? = "load_latent"

    /// (B, 4, h, w)
    public let latent: Tensor
    /// How many pixels one of its positions covers on each side, 8 for SDXL; nil where a file does not say.
    public let downscale: Int?

    public init(_ latent: Tensor, downscale: Int? = nil) {
        self.latent = latent
        self.downscale = downscale
    }

    public var record: ArtifactRecord {
        let values = downscale.map { ["downscale": Value.integer(Int128($0))] } ?? [:]
        return ArtifactRecord(kind: Self.kind, blocks: ["latent": .init(latent)], values: values)
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        latent = try record.tensor("latent", shape: [nil, nil, nil, nil])
        switch record.values["downscale"] {
        case nil: downscale = nil
        case .integer(let factor)?: downscale = Int(exactly: factor)
        default: throw ArtifactError.damaged(kind: Self.kind, reason: "downscale is no number")
        }
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        switch fileExtension {
        case "safetensors":
            try safetensors(["latent": latent], metadata: downscale.map { [Self.downscaleKey: "\($0)"] } ?? [:])
        case "npy": npy(latent)
        default: throw ArtifactError.cannotBeWritten(kind: Self.kind, fileExtension: fileExtension)
        }
    }

    /// Under which a file's metadata has the factor.
    static let downscaleKey = "downscale"
}
