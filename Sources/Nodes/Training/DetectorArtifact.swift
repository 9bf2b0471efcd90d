import Curriculum
import Graph
import Imaging
import Models
import Tensors

/// A trained face detector. Its files are ONNX, as scrfd_10g_bnkps.onnx is.
public struct DetectorArtifact: Artifact {
    public static let kind = "detector"
    public static let extensions = ["onnx"]

    private let tensors: [String: Tensor]

    init(_ tensors: [String: Tensor]) { self.tensors = tensors }

    public var record: ArtifactRecord {
        ArtifactRecord(kind: Self.kind, blocks: tensors.mapValues { ArtifactRecord.Block($0) })
    }

    public init(record: ArtifactRecord) throws {
        try record.require(kind: Self.kind)
        tensors = try Dictionary(
            uniqueKeysWithValues: record.blocks.map { name, block in
                (name, try record.tensor(name, shape: block.shape.map { $0 }))
            }
        )
    }

    private var weights: Weights { Weights(GivenWeights(name: "the face detector", tensors)) }

    /// - Throws: `WeightsError` when this is another network
    func network() throws -> SCRFDNetwork { try SCRFDNetwork(weights, config: SCRFDNetwork.Config(weights)) }

    /// Finds the largest face in a square picture.
    ///
    /// - Throws: `WeightsError` when this is another network
    func locator() throws -> FaceLocator {
        let network = try network()
        return { Self.largest(of: network.faces(in: $0.signed)[0]) }
    }

    /// The five landmarks of the largest face in each of several square pictures.
    ///
    /// - Throws: `WeightsError` when this is another network
    func landmarks() throws -> LandmarkFinder {
        let network = try network()
        return { pictures in
            network.faces(in: pictures).map { faces in
                Self.largest(of: faces)?.landmarks.map { Point(Double($0.x), Double($0.y)) }
            }
        }
    }

    private static func largest(of faces: [FaceDetection]) -> FaceDetection? { faces.max { $0.area < $1.area } }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] {
        [UInt8](try SCRFDNetwork.onnx(weights, config: SCRFDNetwork.Config(weights)))
    }
}
