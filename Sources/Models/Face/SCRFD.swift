import Tensors

/// insightface: model_zoo/scrfd.py::SCRFD. What scrfd_10g_bnkps.onnx says about a picture, as faces; the network itself
/// is an ONNX graph.
///
/// Of each of three grids over the picture, two anchors a position, it gives a score, the distances to the sides of a box
/// and the offsets of five points, the latter two in units of the grid's stride.
public enum SCRFD {
    /// Pixels on each side of the picture that the network is shown.
    public static let side = 640
    /// Pixels between the positions of each grid.
    package static let strides = [8, 16, 32]
    /// Of each position.
    package static let anchors = 2
    private static let scoreLimit: Float = 0.5
    private static let overlapLimit: Float = 0.4

    /// Bytes (1, 3, 640, 640), red first, in 0...255 -> what the network expects.
    public static func normalized(_ image: Tensor) -> Tensor { image.affine(scale: 1 / 128, shift: -127.5 / 128) }

    /// The faces in a picture, best first.
    ///
    /// - Parameters:
    ///   - picture: (1, 3, S, S), red first, in 0...255; S is 640, or another multiple of 32
    ///   - scale: pixels of the picture for one of the photo
    ///   - network: a normalised picture -> `outputs`
    /// - Throws: `SCRFDError` when the outputs are not those of such a network; what `network` throws
    public static func faces(
        in picture: Tensor,
        scale: Double,
        network: (Tensor) throws -> [Tensor]
    ) throws -> [FaceDetection] {
        try faces(outputs: deciding { try network(normalized(picture)) }, side: picture.shape[3], scale: scale)
    }

    /// The faces that the network's outputs tell of, best first.
    ///
    /// - Parameters:
    ///   - outputs: scores (n, 1), distances (n, 4) and points (n, 10), each for strides 8, 16, 32; a batch of 1 before
    ///     them does not matter
    ///   - scale: pixels of the network's picture for one of the photo
    /// - Throws: `SCRFDError` when the outputs are not those of such a network
    public static func faces(outputs: [Tensor], side: Int = side, scale: Double) throws -> [FaceDetection] {
        guard outputs.count == 3 * strides.count else {
            throw SCRFDError.outputCount(found: outputs.count, expected: 3 * strides.count)
        }
        let toPhoto = Float(scale)
        var faces: [FaceDetection] = []
        for (level, stride) in strides.enumerated() {
            let grid = side / stride
            let count = grid * grid * anchors
            let parts = [1, 4, 10].enumerated().map { (outputs[level + $0 * strides.count], $1) }
            for (tensor, width) in parts where tensor.count != count * width || tensor.shape.last != width {
                throw SCRFDError.outputShape(found: tensor.shape, expected: [count, width])
            }
            let values = parts.map(\.0.values)
            for i in 0..<count where values[0][i] >= scoreLimit {
                let position = i / anchors
                let anchor = SIMD2(Float(position % grid * stride), Float(position / grid * stride))
                func point(_ output: Int, _ j: Int, sign: Float = 1) -> SIMD2<Float> {
                    let offset = SIMD2(values[output][j], values[output][j + 1]) * Float(stride)
                    return (anchor + sign * offset) / toPhoto
                }
                let (leftTop, rightBottom) = (point(1, 4 * i, sign: -1), point(1, 4 * i + 2))
                faces.append(
                    FaceDetection(
                        left: leftTop.x,
                        top: leftTop.y,
                        right: rightBottom.x,
                        bottom: rightBottom.y,
                        score: values[0][i],
                        landmarks: (0..<5).map { point(2, 10 * i + 2 * $0) }
                    )
                )
            }
        }
        return faces.suppressed(limit: overlapLimit, margin: 1)
    }
}

/// A network is not a face detector of the kind that it was taken for.
public enum SCRFDError: Error, Hashable {
    case outputCount(found: Int, expected: Int)
    case outputShape(found: [Int], expected: [Int])
}

extension SCRFDError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .outputCount(let found, let expected):
            "the network gives \(found) tensors; scrfd_10g_bnkps.onnx, with its key points, gives \(expected)"
        case .outputShape(let found, let expected):
            "the network gives a tensor of \(found) where scrfd_10g_bnkps.onnx gives \(expected)"
        }
    }
}
