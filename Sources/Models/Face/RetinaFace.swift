import Elementary
import Tensors

/// facexlib: detection/retinaface.py::RetinaFace with a ResNet-50: where faces are, with five points each.
///
/// Its tensors have the names of detection_Resnet50_Final.pth without the leading `module.`: `body...`, `fpn...`,
/// `ssh<n>...`, `ClassHead.<n>.conv1x1`, `BboxHead...`, `LandmarkHead...`.
public struct RetinaFace: Sendable {
    public let config: Config
    let body: ResNet50
    let fpn: FeaturePyramid
    let ssh: [SSH]
    let classHead, bboxHead, landmarkHead: [Conv2d]

    /// Faces with a score above this count in PuLID's face chain.
    public static let scoreLimit: Float = 0.97
    private static let overlapLimit: Float = 0.4

    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        body = try ResNet50(w / "body", stem: config.stemWidth, planes: config.planes, depths: config.depths)
        fpn = try FeaturePyramid(w / "fpn", from: config.planes.dropFirst().map { 4 * $0 }, to: config.width)
        ssh = try (1...3).map { try SSH(w / "ssh\($0)", channels: config.width) }
        func heads(_ name: String, _ numbers: Int) throws -> [Conv2d] {
            try (0..<3).map { try Conv2d(w / name / $0 / "conv1x1", from: config.width, to: 2 * numbers, kernel: 1) }
        }
        classHead = try heads("ClassHead", 2)
        bboxHead = try heads("BboxHead", 4)
        landmarkHead = try heads("LandmarkHead", 10)
    }

    /// Picture (1, 3, H, W), red first, in 0...255 -> for each prior box: offsets (n, 4), the probabilities of no face and
    /// of one (n, 2), and points (n, 10).
    ///
    /// - Precondition: both sides are at least 32.
    public func callAsFunction(_ image: Tensor) -> (boxes: Tensor, scores: Tensor, points: Tensor) {
        deciding {
            let maps = zip(ssh, fpn(body(Self.normalized(image)))).map { $0($1) }
            func outputs(_ heads: [Conv2d], _ numbers: Int) -> Tensor {
                let parts = zip(heads, maps).map { head, map in
                    let y = head(map)
                    return y.reshaped([y.count / numbers, numbers])
                }
                return .concatenated(parts, axis: 0)
            }
            return (outputs(bboxHead, 4), outputs(classHead, 2).softmax(), outputs(landmarkHead, 10))
        }
    }

    /// The faces in a picture, best first.
    ///
    /// facexlib: detection/retinaface.py::RetinaFace.detect_faces
    ///
    /// - Parameters:
    ///   - image: (1, 3, H, W), red first, in 0...255
    ///   - scoreLimit: faces need a higher score
    public func faces(in image: Tensor, scoreLimit: Float = scoreLimit) -> [FaceDetection] {
        let (_, _, H, W) = image.shape4
        let (boxes, scores, points) = self(image)
        let priors = Self.priors(height: H, width: W)
        let (box, score, point) = (boxes.values, scores.values, points.values)
        let size = SIMD2(Float(W), Float(H))
        return priors.indices.filter { score[2 * $0 + 1] > scoreLimit }.map { i in
            let prior = priors[i]
            // Offsets are in units of a tenth of the prior's size; sizes by e to the fifth of a number.
            func moved(_ x: Float, _ y: Float) -> SIMD2<Float> { prior.middle + SIMD2(x, y) * 0.1 * prior.size }
            let extent = prior.size * SIMD2(Float.exp(box[4 * i + 2] * 0.2), Float.exp(box[4 * i + 3] * 0.2))
            let first = moved(box[4 * i], box[4 * i + 1]) - extent / 2
            let (leftTop, rightBottom) = (first * size, (first + extent) * size)
            return FaceDetection(
                left: leftTop.x,
                top: leftTop.y,
                right: rightBottom.x,
                bottom: rightBottom.y,
                score: score[2 * i + 1],
                landmarks: (0..<5).map { moved(point[10 * i + 2 * $0], point[10 * i + 2 * $0 + 1]) * size }
            )
        }.suppressed(limit: Self.overlapLimit, margin: 0)
    }

    /// Less the mean of each channel, blue first, as (1, H, W, 3).
    private static func normalized(_ image: Tensor) -> Tensor {
        let channels = [(2, Float(104)), (1, 117), (0, 123)].map { channel, mean in
            image.sliced(axis: 1, channel..<channel + 1) + -mean
        }
        return Tensor.concatenated(channels, axis: 1).channelsLast()
    }

    /// Two boxes for each position of three grids, in shares of the picture.
    ///
    /// facexlib: detection/retinaface_utils.py::PriorBox
    static func priors(height: Int, width: Int) -> [(middle: SIMD2<Float>, size: SIMD2<Float>)] {
        [(8, [16, 32]), (16, [64, 128]), (32, [256, 512])].flatMap { step, sizes in
            (0..<(height + step - 1) / step).flatMap { row in
                (0..<(width + step - 1) / step).flatMap { column in
                    sizes.map { size in
                        let x = (Double(column) + 0.5) * Double(step) / Double(width)
                        let y = (Double(row) + 0.5) * Double(step) / Double(height)
                        let side = SIMD2(Float(Double(size) / Double(width)), Float(Double(size) / Double(height)))
                        return (SIMD2(Float(x), Float(y)), side)
                    }
                }
            }
        }
    }
}
