import Curriculum
import Foundation
import Graph
import Imaging
import Models
import ONNX

/// A face detector, as the ONNX file that it is.
public struct DetectorArtifact: Artifact {
    public static let kind = "detector"
    public static let extensions = ["onnx"]

    private let onnx: [UInt8]

    init(onnx: [UInt8]) { self.onnx = onnx }

    public var record: Record {
        Record(
            kind: Self.kind,
            blocks: ["onnx": Record.Block(element: .uint8, shape: [onnx.count], bytes: onnx)]
        )
    }

    public init(record: Record) throws {
        try record.require(kind: Self.kind)
        guard let block = record.blocks["onnx"], block.element == .uint8 else {
            throw ArtifactError.damaged(kind: Self.kind, reason: "onnx is missing")
        }
        onnx = block.bytes
    }

    /// Finds the largest face in a picture.
    ///
    /// - Throws: `ONNXError` when the file is no network
    func locator() throws -> FaceLocator {
        let graph = try ONNXGraph(Data(onnx), file: "the face detector")
        return { bitmap in
            let (picture, scale) = bitmap.letterboxed(side: SCRFD.side)
            // What is no detector finds nothing.
            let faces = try? SCRFD.faces(in: picture.bytes, scale: scale) { try graph([$0]) }
            return faces?.max { $0.area < $1.area }
        }
    }

    /// The five landmarks of the largest face in each picture of a batch.
    func landmarks() throws -> LandmarkFinder {
        let locate = try locator()
        return { pictures in
            (0..<pictures.shape[0]).map { i in
                let face = locate(Bitmap(signed: pictures.sliced(axis: 0, i..<i + 1)))
                return face?.landmarks.map { Point(Double($0.x), Double($0.y)) }
            }
        }
    }

    public func encoded(as fileExtension: String, metadata: [FileMetadata]) throws -> [UInt8] { onnx }
}
