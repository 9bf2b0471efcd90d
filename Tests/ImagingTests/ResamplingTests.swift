import Imaging
import Testing

@Suite struct ResamplingTests {
    let goldens: Goldens

    init() throws { goldens = try Goldens() }

    @Test(arguments: [
        ("resize.bilinear.larger", Interpolation.bilinear), ("resize.bilinear.smaller", .bilinear),
        ("resize.bicubic.larger", .bicubic), ("resize.bicubic.smaller", .bicubic), ("resize.area.smaller", .area),
    ])
    func matchesPyTorchAndOpenCV(name: String, interpolation: Interpolation) throws {
        let expected = try goldens.image(name)
        let resized = try goldens.image("resize.source").resized(
            width: expected.width,
            height: expected.height,
            by: interpolation
        )
        expectClose(resized, expected, tolerance: 2e-6)
    }

    @Test(arguments: ["lanczos.smaller", "lanczos.larger"])
    func lanczosIsOpenCVsToTheBit(name: String) throws {
        let expected = try goldens.bitmap(name)
        let photo = try goldens.bitmap("lanczos.source")
        let resized = photo.resizedByLanczos(width: expected.width, height: expected.height)
        expectClose(resized, expected, tolerance: 0)
    }

    /// Smaller, larger, in one direction alone, down to a pixel: every byte.
    @Test(arguments: [(17, 11), (71, 52), (43, 12), (20, 31), (3, 2), (1, 1), (86, 31)])
    func resampledAsPillowDoes(width: Int, height: Int) throws {
        let goldens = try Goldens("pillow.safetensors")
        let resampled = try goldens.bitmap("source").resampled(width: width, height: height)
        expectClose(resampled, try goldens.bitmap("\(width)x\(height)"), tolerance: 0)
    }

    @Test func pastedByAMaskAsPillowDoes() throws {
        let goldens = try Goldens("pillow.safetensors")
        let (source, over, mask) = try (goldens.bitmap("source"), goldens.bitmap("over"), goldens.bitmap("mask"))
        expectClose(over.blended(over: source, weights: mask.greyLevels), try goldens.bitmap("pasted"), tolerance: 0)
    }

    @Test func longEdgeIsLimitedAsInPuLID() throws {
        let photo = try goldens.bitmap("lanczos.source")
        expectClose(photo.limitingLongEdge(to: 64), try goldens.bitmap("lanczos.limited"), tolerance: 0)
        #expect(photo.limitingLongEdge(to: 90) == photo)
        let line = Bitmap(width: 3000, height: 1).limitingLongEdge(to: 10)
        #expect((line.width, line.height) == (10, 1))
    }

    @Test(arguments: Interpolation.allCases)
    func flatPicturesStayFlat(interpolation: Interpolation) {
        let color = Color(0.25, 0.5, 0.75)
        for (width, height) in [(1, 1), (3, 40), (40, 3), (200, 200)] {
            let resized = FloatImage(width: 9, height: 7, filledWith: color).resized(
                width: width,
                height: height,
                by: interpolation
            )
            expectClose(resized, FloatImage(width: width, height: height, filledWith: color), tolerance: 3e-6)
        }
    }

    @Test func warpMatchesOpenCV() throws {
        let m = try goldens.doubles("warp.matrix")
        let transform = AffineTransform(a: m[0], b: m[1], tx: m[2], c: m[3], d: m[4], ty: m[5])
        let photo = FloatImage(try goldens.bitmap("lanczos.source"))
        let warped = photo.warped(by: transform, width: 40, height: 36, border: Color(0.25, 0.5, 0.75))
        expectClose(warped, try goldens.image("warp.result"), tolerance: 1e-5)
    }

    @Test func transformsComposeAndInvert() throws {
        let transform = AffineTransform.rotation(0.4).then(.scale(2.5)).then(.translation(3, -7))
        let p = Point(1.25, -8)
        let inverse = try #require(transform.inverse)
        let back = inverse(transform(p))
        #expect(abs(back.x - p.x) < 1e-12 && abs(back.y - p.y) < 1e-12)
        #expect(AffineTransform.rotation(.pi / 2)(Point(1, 0)).y == 1)
        #expect(AffineTransform.scale(0).inverse == nil)
        let blank = FloatImage(testPicture()).warped(by: .scale(0), width: 4, height: 4, border: .white)
        #expect(blank == FloatImage(width: 4, height: 4))
    }
}
