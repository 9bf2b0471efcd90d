import Graph
import Tensors

/// A face that was found in a photo, and what is needed to know it again.
public struct FaceArtifact: VisibleArtifact {
    public static let kind = "face"
    public static let extensions = ["safetensors"]

    /// (4): left, top, right, bottom, in pixels of the photo
    public let box: Tensor
    /// (5, 2): eyes, tip of the nose, corners of the mouth, in pixels of the photo
    public let landmarks: Tensor
    /// (512) or the recogniser's width; not normalised
    public let recognition: Tensor
    /// (1, 3, 512, 512) in 0...1
    public let aligned: Tensor
    /// `aligned` with everything but the face's features white, and these grey
    public let features: Tensor

    public init(box: Tensor, landmarks: Tensor, recognition: Tensor, aligned: Tensor, features: Tensor) {
        self.box = box
        self.landmarks = landmarks
        self.recognition = recognition
        self.aligned = aligned
        self.features = features
    }

    private var tensors: [String: Tensor] {
        ["box": box, "landmarks": landmarks, "recognition": recognition, "aligned": aligned, "features": features]
    }

    public var record: ArtifactRecord { ArtifactRecord(kind: Self.kind, blocks: tensors.mapValues { .init($0) }) }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        box = try record.tensor("box", shape: [4])
        landmarks = try record.tensor("landmarks", shape: [5, 2])
        recognition = try record.tensor("recognition", shape: [nil])
        aligned = try record.tensor("aligned", shape: [1, 3, nil, nil])
        features = try record.tensor("features", shape: aligned.shape)
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        try safetensors(tensors)
    }

    public func previews() throws -> [Preview] {
        try [("aligned", aligned), ("features", features)].map { name, picture in
            let image = ImageArtifact(picture.affine(scale: 2, shift: -1))
            return Preview(name, png: Array(try image.bitmap.encodedPNG()))
        }
    }
}
