/// Where alignment puts the left eye, the right eye, the tip of the nose and the corners of the mouth (left and right of
/// the picture).
public struct AlignmentTemplate: Equatable, Sendable {
    private let side: Double
    /// In a picture of `side` pixels.
    private let points: [Point]

    private init(side: Double, _ points: [Point]) { (self.side, self.points) = (side, points) }

    /// What recognisers see: the face from chin to crown.
    ///
    /// insightface: utils/face_align.py, `arcface_dst`
    public static let recognition = AlignmentTemplate(
        side: 112,
        [
            Point(38.2946, 51.6963), Point(73.5318, 51.5014), Point(56.0252, 71.7366), Point(41.5493, 92.3655),
            Point(70.7299, 92.2041),
        ]
    )

    /// What parsers, and behind them PuLID's vision tower, see: the face with its hair, as in FFHQ.
    ///
    /// facexlib: utils/face_restoration_helper.py, `face_template`
    public static let portrait = AlignmentTemplate(
        side: 512,
        [
            Point(192.98138, 239.94708), Point(318.90277, 240.1936), Point(256.63416, 314.01935),
            Point(201.26117, 371.41043), Point(313.08905, 371.15118),
        ]
    )

    /// In an aligned picture of `side` pixels.
    public func landmarks(side: Int) -> [Point] { points.map { $0 * (Double(side) / self.side) } }
}
