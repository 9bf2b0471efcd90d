import Graph
import Models

/// Why a photo gives no face.
enum FaceError: Error, Hashable {
    case noFace(width: Int, height: Int)
    case noSuchFace(index: Int, faces: [FaceDetection])
    /// Landmarks that no rotation and scale brings into place.
    case notAligned(landmarks: [SIMD2<Float>])
    case noDetector(parameter: String, names: [String])
    case noModel(folder: String, names: [String], purpose: String)
    case oneInput(file: String, count: Int)
}

extension FaceError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noFace(let width, let height):
            "no face was found in this picture of \(width)x\(height); turn it upright, crop it to head and shoulders, or take a "
                + "larger or sharper one; say `crop: whole` if the picture is an aligned face, or `on_no_face: skip` to go on "
                + "without it"
        case .noSuchFace(let index, let faces):
            "`pick: \(index)` counts from 0 at the left, but there \(faces.count == 1 ? "is one face" : "are \(faces.count) faces"): "
                + faces.map(\.place).joined(separator: ", ")
        case .notAligned(let landmarks):
            "the face's landmarks lie on one point and cannot be aligned: \(landmarks.map { "(\($0.x), \($0.y))" }.joined(separator: ", "))"
        case .noDetector(let parameter, let names):
            "finding faces takes a detector: put \(names.joined(separator: " or ")) into the folder of load_face_models, or give "
                + "`\(parameter):` there, or say `crop: whole` if the picture is an aligned face"
        case .noModel(let folder, let names, let purpose):
            "\(folder): there is no \(names.joined(separator: " or ")); it holds \(purpose)"
        case .oneInput(let file, let count):
            "\(file): a network that takes one picture is needed, this takes \(count) inputs"
        }
    }
}

extension FaceDetection {
    /// As messages name it.
    var place: String { "[\(box.map { "\(Int(clamping: $0))" }.joined(separator: ", "))]" }

    /// The same face in a picture that is `scale` times as large.
    func scaled(by scale: SIMD2<Float>) -> FaceDetection {
        FaceDetection(
            left: left * scale.x,
            top: top * scale.y,
            right: right * scale.x,
            bottom: bottom * scale.y,
            score: score,
            landmarks: landmarks.map { $0 * scale }
        )
    }
}

extension Int {
    /// The nearest integer of a number of pixels that a network made up.
    fileprivate init(clamping pixels: Float) {
        self = pixels.isNaN ? 0 : Int(Swift.min(Swift.max(pixels.rounded(), -1e9), 1e9))
    }
}
