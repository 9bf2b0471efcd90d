import Imaging
import Testing

/// Against OpenCV 4.10, scikit-image and insightface: scripts/goldens/face_detection.py.
@Suite struct OpenCVTests {
    let goldens: Goldens

    init() throws { goldens = try Goldens("opencv4.safetensors") }

    @Test(arguments: ["larger", "smaller", "mixed"])
    func resizingIsOpenCVsToTheBit(name: String) throws {
        let expected = try goldens.bitmap("resize.\(name)")
        let resized = try goldens.bitmap("photo").resizedLinearly(width: expected.width, height: expected.height)
        expectClose(resized, expected, tolerance: 0)
    }

    @Test func halvingIsOpenCVsToTheBit() throws {
        let photo = try goldens.bitmap("photo")
        let even = Bitmap(width: 98, height: 74, pixels: Array(photo.pixels.prefix(98 * 74 * 3)))
        expectClose(even.resizedLinearly(width: 49, height: 37), try goldens.bitmap("resize.half"), tolerance: 0)
    }

    /// scikit-image's estimate of the transform to insightface's template.
    @Test func recognitionTransformsAgree() throws {
        let template = recognitionTemplate
        for (points, expected) in zip(try landmarks(), try matrices("recognition.matrices")) {
            let found = try #require(AffineTransform.similarity(from: points, to: template))
            expectAgreement(found, expected)
        }
    }

    @Test func recognitionCropsAreInsightfacesToTheBit() throws {
        let (photo, matrices) = (try goldens.bitmap("photo"), try matrices("recognition.matrices"))
        for (i, index) in [1, 6, 12].enumerated() {
            let crop = photo.warped(by: matrices[index], width: 112, height: 112, border: .black)
            expectClose(crop, try goldens.bitmap("recognition.crops", at: i), tolerance: 0)
        }
    }

    /// With our own transform a position may round to the next 1/32 pixel here and there.
    @Test func recognitionCropsFromLandmarksAgreeToOneLevel() throws {
        let (photo, landmarks) = (try goldens.bitmap("photo"), try landmarks())
        for (i, index) in [1, 6, 12].enumerated() {
            let transform = try #require(AffineTransform.similarity(from: landmarks[index], to: recognitionTemplate))
            let crop = photo.warped(by: transform, width: 112, height: 112, border: .black)
            expectClose(crop, try goldens.bitmap("recognition.crops", at: i), tolerance: 1)
        }
    }

    /// OpenCV's robust estimate, where no, some or most points are out of place.
    @Test func alignmentTransformsAgree() throws {
        for (points, expected) in zip(try landmarks(), try matrices("alignment.matrices")) {
            let found = try #require(AffineTransform.leastMedianSimilarity(from: points, to: alignmentTemplate))
            expectAgreement(found, expected)
        }
    }

    @Test func alignmentCropsAreOpenCVsToTheBit() throws {
        let (photo, matrices) = (try goldens.bitmap("photo"), try matrices("alignment.matrices"))
        for (i, index) in [1, 6, 12].enumerated() {
            let transform = matrices[index].then(.scale(0.2))
            let crop = photo.warped(by: transform, width: 102, height: 102, border: RGB(135, 133, 132))
            expectClose(crop, try goldens.bitmap("alignment.crops", at: i), tolerance: 0)
        }
    }

    @Test func degenerateLandmarksHaveNoTransform() {
        let same = [Point](repeating: Point(3, 4), count: 5)
        #expect(AffineTransform.leastMedianSimilarity(from: same, to: alignmentTemplate) == nil)
        #expect(AffineTransform.similarity(from: same, to: alignmentTemplate) == nil)
        let wild = (0..<5).map { Point(.infinity, Double($0)) }
        #expect(AffineTransform.leastMedianSimilarity(from: wild, to: alignmentTemplate) == nil)
    }

    @Test func wildTransformsGiveTheBorder() {
        let picture = Bitmap(width: 5, height: 4, filledWith: .white)
        let border = RGB(1, 2, 3)
        for transform in [AffineTransform.translation(1e300, 0), .translation(.nan, 2), .scale(1e-300)] {
            let warped = picture.warped(by: transform, width: 3, height: 2, border: border)
            #expect(warped.width == 3 && warped.height == 2)
        }
        let away = picture.warped(by: .translation(90, 0), width: 3, height: 2, border: border)
        #expect(away == Bitmap(width: 3, height: 2, filledWith: border))
    }

    @Test(arguments: [(3000, 1), (1, 3000), (90, 90), (7, 13)])
    func anyPictureFitsTheSquare(width: Int, height: Int) {
        let (square, scale) = Bitmap(width: width, height: height, filledWith: .white).letterboxed(side: 64)
        #expect(square.width == 64 && square.height == 64 && scale > 0)
        #expect(square[0, 0] == .white)
        #expect(square[63, 63] == (width == height ? .white : .black))
    }

    private let recognitionTemplate = [
        Point(38.2946, 51.6963), Point(73.5318, 51.5014), Point(56.0252, 71.7366), Point(41.5493, 92.3655),
        Point(70.7299, 92.2041),
    ]
    private let alignmentTemplate = [
        Point(192.98138, 239.94708), Point(318.90277, 240.1936), Point(256.63416, 314.01935),
        Point(201.26117, 371.41043), Point(313.08905, 371.15118),
    ]

    private func landmarks() throws -> [[Point]] {
        let values = try goldens.floats("landmarks").map(Double.init)
        return (0..<values.count / 10).map { face in
            (0..<5).map { Point(values[face * 10 + 2 * $0], values[face * 10 + 2 * $0 + 1]) }
        }
    }

    private func matrices(_ name: String) throws -> [AffineTransform] {
        let m = try goldens.doubles(name)
        return stride(from: 0, to: m.count, by: 6).map { i in
            AffineTransform(a: m[i], b: m[i + 1], tx: m[i + 2], c: m[i + 3], d: m[i + 4], ty: m[i + 5])
        }
    }

    /// The same to a thousandth of a pixel over any photo of a thousand pixels.
    private func expectAgreement(_ found: AffineTransform, _ expected: AffineTransform) {
        for (x, y) in [(0.0, 0.0), (1000, 0), (0, 1000)] {
            let distance = found(Point(x, y)) - expected(Point(x, y))
            #expect(abs(distance.x) < 1e-3 && abs(distance.y) < 1e-3, "\(found), expected \(expected)")
        }
    }
}
