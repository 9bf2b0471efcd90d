import Imaging
import Testing

@Suite struct PictureMetricsTests {
    @Test func equalPictures() throws {
        let metrics = try PictureMetrics(between: testPicture(), and: testPicture())
        #expect((metrics.maxAbs, metrics.meanAbs, metrics.mse) == (0, 0, 0))
        #expect(metrics.psnr == .infinity)
        #expect(abs(metrics.ssim - 1) < 1e-12)
    }

    @Test func knownDifferences() throws {
        let a = FloatImage(width: 20, height: 20, filledWith: Color(0.5, 0.5, 0.5))
        var b = FloatImage(width: 20, height: 20, filledWith: Color(0.6, 0.6, 0.6))
        var metrics = try PictureMetrics(between: a, and: b)
        #expect(abs(metrics.maxAbs - 0.1) < 1e-6)
        #expect(abs(metrics.meanAbs - 0.1) < 1e-6)
        #expect(abs(metrics.psnr - 20) < 1e-4)
        b.pixels = a.pixels
        b.pixels[77] = 0.9
        metrics = try PictureMetrics(between: a, and: b)
        #expect(abs(metrics.maxAbs - 0.4) < 1e-6)
        #expect(abs(metrics.meanAbs - 0.4 / 1200) < 1e-8)
        b.pixels[3] = .nan
        metrics = try PictureMetrics(between: a, and: b)
        #expect(metrics.maxAbs.isNaN && metrics.psnr.isNaN && metrics.ssim.isNaN)
    }

    @Test func ssimMatchesScikitImage() throws {
        let goldens = try Goldens()
        let value = structuralSimilarity(try goldens.image("ssim.a"), try goldens.image("ssim.b"))
        #expect(abs(value - (try goldens.doubles("ssim.value"))[0]) < 1e-9)
    }

    @Test func ssimOfTinyPictures() throws {
        let a = FloatImage(width: 1, height: 1, filledWith: .white)
        #expect(abs(structuralSimilarity(a, a) - 1) < 1e-12)
        // Two constants x and y: (2xy + C1) / (x x + y y + C1).
        let b = FloatImage(width: 1, height: 1, filledWith: Color(0.5, 0.5, 0.5))
        #expect(abs(structuralSimilarity(a, b) - 1.0001 / 1.2501) < 1e-9)
    }

    @Test func differentSizesAreAnError() {
        #expect(throws: ImageError.sizesDiffer(width: 4, height: 3, otherWidth: 3, otherHeight: 4)) {
            try PictureMetrics(between: Bitmap(width: 4, height: 3), and: Bitmap(width: 3, height: 4))
        }
    }

    @Test func greyUsesRec601() {
        let grey = Bitmap(width: 1, height: 1, pixels: [200, 100, 50]).grey()
        #expect(grey[0, 0] == RGB(124, 124, 124))  // 59.8 + 58.7 + 5.7 = 124.2
        #expect(Bitmap(FloatImage(width: 1, height: 1, pixels: [-1, .nan, 7]))[0, 0] == RGB(0, 0, 255))
    }
}
