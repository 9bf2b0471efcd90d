/// A face that a detector found, in pixels of the picture.
public struct FaceDetection: Hashable, Sendable {
    public let left, top, right, bottom: Float
    /// 0 ... 1
    public let score: Float
    /// The eyes, the tip of the nose and the corners of the mouth, those on the picture's left first.
    public let landmarks: [SIMD2<Float>]

    public init(left: Float, top: Float, right: Float, bottom: Float, score: Float, landmarks: [SIMD2<Float>]) {
        (self.left, self.top, self.right, self.bottom) = (left, top, right, bottom)
        self.score = score
        self.landmarks = landmarks
    }

    public var box: [Float] { [left, top, right, bottom] }
    public var area: Float { (right - left) * (bottom - top) }

    /// The distance between the middles of this box and of a picture, squared.
    public func distanceFromMiddle(width: Int, height: Int) -> Float {
        let (x, y) = ((left + right) / 2 - Float(width) / 2, (top + bottom) / 2 - Float(height) / 2)
        return x * x + y * y
    }

    /// The area that both boxes cover, over the area that either covers; 0 where there is none.
    ///
    /// - Parameter margin: added to widths and heights: 1 where boxes name their last pixels, as insightface's do
    public func overlap(with other: FaceDetection, margin: Float = 0) -> Float {
        func area(_ width: Float, _ height: Float) -> Float { max(0, width + margin) * max(0, height + margin) }
        let shared = area(
            min(right, other.right) - max(left, other.left),
            min(bottom, other.bottom) - max(top, other.top)
        )
        let own = (right - left + margin) * (bottom - top + margin)
        let others = (other.right - other.left + margin) * (other.bottom - other.top + margin)
        let either = own + others - shared
        return either > 0 ? shared / either : 0
    }
}

extension [FaceDetection] {
    /// Non-maximum suppression: the best face of each place, best first.
    ///
    /// - Parameters:
    ///   - limit: faces that overlap a better one by more are left out
    ///   - margin: as for `FaceDetection.overlap`
    func suppressed(limit: Float, margin: Float) -> [FaceDetection] {
        let order = indices.sorted { (self[$0].score, $1) > (self[$1].score, $0) }
        var kept: [FaceDetection] = []
        for face in order.map({ self[$0] }) where kept.allSatisfy({ $0.overlap(with: face, margin: margin) <= limit }) {
            kept.append(face)
        }
        return kept
    }
}
