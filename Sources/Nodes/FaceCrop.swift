import Graph
import Imaging
import Tensors

/// What part of a picture is the face.
enum FaceCrop: String, ParameterChoice {
    /// The detectors find it.
    case detect
    /// The whole picture is an aligned face already: eyes, nose and mouth are where alignment puts them.
    case whole
}

/// Which of several faces.
enum FacePick: ParameterType, Hashable {
    case largest
    /// The one nearest the middle of the picture.
    case center
    /// Counted from the left of the picture, from 0.
    case index(Int)

    static var parameterForm: ParameterForm { .oneOf([.choice(["largest", "center"]), .integer]) }

    var parameterValue: Value {
        switch self {
        case .largest: .string("largest")
        case .center: .string("center")
        case .index(let index): .integer(Int128(index))
        }
    }

    init(parameter value: Value) throws(ParameterMismatch) {
        switch value {
        case .string("largest"): self = .largest
        case .string("center"): self = .center
        case .integer: self = .index(try Int(parameter: value))
        default: throw ParameterMismatch(expected: Self.parameterForm, found: value)
        }
    }
}

/// What happens when a photo shows no face.
enum AbsentFace: String, ParameterChoice {
    case error
    /// There is no face: encode_id leaves it out of several, and all else that needs it is skipped.
    case skip
}

/// A face of 512 x 512 pixels with eyes, nose and mouth in fixed places.
struct AlignedFace {
    static let side = 512

    static let landmarks = AlignmentTemplate.portrait.landmarks(side: side)

    /// In 0...1.
    let picture: FloatImage

    /// - Throws: `NodeError.notSquare` when the whole picture cannot be a face
    init(whole image: ImageArtifact) throws {
        let picture = image.picture
        guard picture.width == picture.height else {
            throw NodeError.notSquare(width: picture.width, height: picture.height)
        }
        self.picture =
            picture.width == Self.side
            ? picture : picture.resized(width: Self.side, height: Self.side, by: .bilinear)
    }

    /// The same face as recognisers of `size` pixels were trained to see it.
    func forRecognition(size: Int) -> FloatImage {
        let target = AlignmentTemplate.recognition.landmarks(side: size)
        guard let transform = AffineTransform.similarity(from: Self.landmarks, to: target) else { return picture }
        return picture.warped(by: transform, width: size, height: size)
    }
}

/// The cosine of the angle between two vectors of one length; 0 if one of them is 0.
func cosineSimilarity(_ a: Tensor, _ b: Tensor) -> Float {
    let (x, y) = (a.l2Normalized(), b.l2Normalized())
    return zip(x.values, y.values).reduce(0) { $0 + $1.0 * $1.1 }
}
