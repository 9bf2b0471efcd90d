import Checkpoints
import Foundation
import Graph
import Imaging
import Kernels
import ModelFiles
import Models
import ONNX
import Tensors

/// The networks that look at faces, by their files.
public struct FaceModels: ModelReference {
    public static let kind = "face models"

    let files: [String: ModelFile]
    var precision: ComputeSettings.Precision? = nil

    func has(_ role: FaceModelRole) -> Bool { files[role.rawValue] != nil }

    func recognizer(_ context: RunContext) throws -> FaceRecognizer {
        try resident(.recognizer, context) { try FaceRecognizer(path: $0) }
    }

    /// The recogniser's numbers for a face as it wants it, not normalised.
    func recognise(_ face: FloatImage, _ context: RunContext) throws -> Tensor {
        let network = try recognizer(context)
        return try computing { try network(face) }
    }

    /// The same for a face that is aligned already.
    func recognise(aligned face: AlignedFace, _ context: RunContext) throws -> Tensor {
        try recognise(face.forRecognition(size: recognizer(context).side), context)
    }

    /// The face alone, in grey, on white: what PuLID's vision tower is shown.
    ///
    /// - Parameter aligned: (1, 3, 512, 512) in 0...1
    func features(of aligned: Tensor, _ context: RunContext) throws -> Tensor {
        try parsing(of: aligned, context).faceFeatures(of: aligned)
    }

    /// What each pixel of an aligned face shows.
    ///
    /// - Parameter aligned: (1, 3, 512, 512) in 0...1
    func parsing(of aligned: Tensor, _ context: RunContext) throws -> FaceParsing {
        let network = try resident(.parser, context) { try FaceNetworks.parser(WeightFile.open($0)) }
        return FaceParsing(logits: computing { network(ImageNormalization.imageNet(aligned)) })
    }

    /// What SCRFD finds in a photo, best first, in the photo's pixels.
    ///
    /// insightface: model_zoo/scrfd.py::SCRFD.detect
    ///
    /// - Parameter side: pixels on each side of what it is shown; none is found by a network that takes another size alone
    func detected(in photo: Bitmap, side: Int = SCRFD.side, _ context: RunContext) throws -> [FaceDetection] {
        let graph = try resident(.detector, context) { try ONNXGraph(path: $0) }
        let sizes = graph.inputs.first?.shape.suffix(2) ?? []
        guard side == SCRFD.side || sizes.allSatisfy({ $0 == nil || $0 == side }) else { return [] }
        let (picture, scale) = photo.letterboxed(side: side)
        return try computing { try SCRFD.faces(in: picture.bytes, scale: scale) { try graph([$0]) } }
    }

    /// What RetinaFace finds in a photo, best first, in the photo's pixels.
    func alignable(in photo: Bitmap, _ context: RunContext) throws -> [FaceDetection] {
        let network = try resident(.aligner, context) { try FaceNetworks.aligner(WeightFile.open($0)) }
        return computing { network.faces(in: photo.bytes) }
    }

    private func resident<Network: Sendable>(
        _ role: FaceModelRole,
        _ context: RunContext,
        load: (String) throws -> Network
    ) throws -> Network {
        guard let file = files[role.rawValue] else {
            if role.isOptional { throw FaceError.noDetector(parameter: role.rawValue, names: role.names) }
            throw NodeError.needs(what: role.rawValue, because: "the face models are incomplete")
        }
        return try resident([role.rawValue], context) { reserve in
            reserve(try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0)
            return try load(file.path)
        }
    }
}

extension Bitmap {
    /// (1, 3, H, W) in 0...255.
    var bytes: Tensor { Tensor(pixels.map(Float.init), shape: [1, height, width, 3]).channelsFirst() }
}
