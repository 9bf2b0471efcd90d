import Imaging
import Testing

/// Measures against those of scikit-image, FLIP's authors and pytorch-msssim (scripts/goldens/measures.py).
@Suite struct MeasureTests {
    static let names = [
        "noise", "shifted", "one", "equal", "contrast", "grey", "colours", "small", "pixel", "large", "negative",
        "even",
    ]

    private let goldens: Goldens

    init() throws { goldens = try Goldens("measures.safetensors") }

    private func pair(_ name: String) throws -> (Bitmap, Bitmap) {
        guard name != "negative" else {
            let a = try goldens.bitmap("large.a")
            return (a, Bitmap(width: a.width, height: a.height, pixels: a.pixels.map { 255 - $0 }))
        }
        return (try goldens.bitmap("\(name).a"), try goldens.bitmap("\(name).b"))
    }

    @Test(arguments: names) func pixels(_ name: String) throws {
        let (a, b) = try pair(name)
        let found = try PixelDifferences(between: a, and: b, over: 3.0 / 255)
        let expected = try goldens.doubles("\(name).pixels")
        #expect(abs(found.maxAbs - expected[0]) < 1e-12)
        #expect(abs(found.meanAbs - expected[1]) < 1e-12)
        #expect(abs(found.rmse - expected[2]) < 1e-12)
        #expect(found.psnr == expected[3] || abs(found.psnr - expected[3]) < 1e-9)
        #expect(Double(found.pixelsOver) == expected[4])
        #expect(found.shareOver == expected[4] / Double(a.width * a.height))
    }

    @Test(arguments: names) func structuralSimilarities(_ name: String) throws {
        let (a, b) = try pair(name)
        let found = try PictureComparison(of: a, with: b)
        if min(a.width, a.height) > 10 {
            #expect(abs(found.ssim - (try goldens.doubles("\(name).ssim"))[0]) < 1e-11)
        }
        if min(a.width, a.height) > 160 {
            let expected = try goldens.doubles("\(name).ms_ssim")[0]
            #expect(abs((found.msSSIM ?? .nan) - expected) < 1e-9)
        } else {
            #expect(found.msSSIM == nil)
        }
    }

    @Test(arguments: names) func flip(_ name: String) throws {
        let (a, b) = try pair(name)
        let map = try FLIP().map(a, b)
        let expected = try goldens.doubles("\(name).flip_mean")
        // Of one pixel all features are 0; the reference takes the root of what rounding makes of that in 32 bits.
        let tolerance = name == "pixel" ? 1e-4 : 1e-5
        #expect(abs(map.mean - expected[0]) < tolerance)
        #expect(abs(map.quantile(0.95) - expected[1]) < tolerance)
        guard a.width * a.height < 4000 else { return }
        let worst = zip(map.errors, try goldens.floats("\(name).flip")).map { abs($0 - $1) }.max() ?? 1
        // The reference computes in 32 bits, of which small differences of its features keep few.
        #expect(worst < 2e-4, "\(worst)")
    }

    @Test func aMaskLeavesTheRestOut() throws {
        let (a, b) = try pair("noise")
        let mask = try goldens.bitmap("mask")
        let found = try PictureComparison(of: a, with: b, mask: mask)
        let expected = try goldens.doubles("mask.values")
        #expect(abs(found.differences.maxAbs - expected[0]) < 1e-12)
        #expect(abs(found.differences.meanAbs - expected[1]) < 1e-12)
        #expect(abs(found.ssim - expected[2]) < 1e-11)
        #expect(abs(found.flip.mean - expected[3]) < 1e-5)
        #expect(abs(found.flip.quantile(0.95) - expected[4]) < 1e-5)
        #expect(found.differences.pixels == 28 * 42)
        var elsewhere = a
        elsewhere.fill(x: 0, y: 0, width: 61, height: 12, with: .black)
        let other = try PictureComparison(of: elsewhere, with: b, mask: mask)
        #expect(other.ssim == found.ssim && other.flip.mean == found.flip.mean)
        #expect(throws: ImageError.nothingToMeasure) {
            try PictureComparison(of: a, with: b, mask: Bitmap(width: a.width, height: a.height, filledWith: .black))
        }
        #expect(throws: ImageError.self) {
            try PictureComparison(of: a, with: b, mask: Bitmap(width: 3, height: 3))
        }
    }

    @Test func aMaskForAllScales() throws {
        let (a, b) = try pair("large")
        let whole = Bitmap(width: a.width, height: a.height, filledWith: .white)
        let plain = try PictureComparison(of: a, with: b)
        let found = try PictureComparison(of: a, with: b, mask: whole)
        // Of odd sides the first pixel is averaged with black, which counts less.
        #expect(abs((found.msSSIM ?? 0) - (plain.msSSIM ?? 1)) < 2e-3)
        #expect(found.ssim == plain.ssim)
    }

    @Test func similarityOfTinyPictures() throws {
        let white = Bitmap(width: 1, height: 1, filledWith: .white)
        let dark = Bitmap(width: 1, height: 1, pixels: [51, 51, 51])
        #expect(try PictureComparison(of: white, with: white).ssim == 1)
        // Two constants x and y: (2xy + C1) / (x x + y y + C1).
        #expect(abs(try PictureComparison(of: white, with: dark).ssim - 0.4001 / 1.0401) < 1e-12)
    }

    @Test func aPixelThatDiffersByTheLimitIsNotOver() throws {
        let a = Bitmap(width: 2, height: 1, pixels: [10, 10, 10, 10, 10, 10])
        let b = Bitmap(width: 2, height: 1, pixels: [10, 11, 10, 12, 12, 12])
        for (limit, count) in [(0.0, 2), (1.0 / 255, 1), (2.0 / 255, 0), (0.5 / 255, 2), (1, 0)] {
            #expect(try PixelDifferences(between: a, and: b, over: limit).pixelsOver == count)
        }
    }

    @Test func theMapAsAPicture() throws {
        let (a, b) = try pair("contrast")
        let picture = try FLIP().map(a, b).picture
        #expect(picture.width == 30 && picture.height == 20)
        #expect(picture[3, 3].r > 240)
        #expect(try FLIP().map(a, a).picture[0, 0] == RGB(0, 0, 4))
    }

    @Test func differentSizesAreAnError() {
        let (a, b) = (Bitmap(width: 4, height: 3), Bitmap(width: 3, height: 4))
        #expect(throws: ImageError.sizesDiffer(width: 4, height: 3, otherWidth: 3, otherHeight: 4)) {
            try PictureComparison(of: a, with: b)
        }
        #expect(throws: ImageError.self) { try FLIP().map(a, b) }
    }
}
