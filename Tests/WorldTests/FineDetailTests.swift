import Imaging
import Testing
import World

/// What only many pixels can show, and that it leaves small pictures as they are.
@Suite struct FineDetailTests {
    private func picture(_ size: Int, _ detail: Double, _ change: (inout FaceScene) -> Void = { _ in }) -> Bitmap {
        var scene = FaceScene()
        scene.detail = detail
        change(&scene)
        return drawFace(FaceIdentity(seed: 5), in: scene, size: size).bitmap
    }

    @Test(arguments: FaceStyle.allCases)
    func smallPicturesHaveNone(style: FaceStyle) {
        #expect(picture(64, 1) { $0.style = style } == picture(64, 0) { $0.style = style })
        #expect(picture(128, 1) { $0.scale = 0.6 } == picture(128, 0) { $0.scale = 0.6 }, "nor have small faces")
    }

    /// As far as a style has tones at all.
    @Test(arguments: FaceStyle.allCases.filter { $0 != .neon && $0 != .pencilSketch })
    func largePicturesShowIt(style: FaceStyle) throws {
        let differences = try PixelDifferences(
            between: picture(128, 1) { $0.style = style },
            and: picture(128, 0) { $0.style = style }
        )
        #expect(differences.meanAbs > 0.002, "\(style)")
        #expect(differences.meanAbs < 0.06, "\(style): it is still the same picture")
    }

    /// It comes by and by as a face grows, so that pictures of nearly one size are alike.
    @Test func detailGrowsWithTheFace() throws {
        let changes = try [0.7, 0.8, 0.9, 1.0].map { scale in
            try PixelDifferences(
                between: picture(128, 1) { $0.scale = scale },
                and: picture(128, 0) { $0.scale = scale }
            ).meanAbs
        }
        #expect(changes[0] < changes[1] && changes[1] < changes[2] && changes[2] < changes[3])
    }

    /// In every style people differ by what they are, not by the style's noise: in the same scene no two are nearly alike.
    @Test(arguments: FaceStyle.allCases)
    func individualsDiffer(style: FaceStyle) throws {
        var scene = FaceScene()
        (scene.style, scene.scale) = (style, 1.1)
        let people = (0..<5).map { drawFace(IdentitySet.validation[$0], in: scene, size: 128).bitmap }
        for i in people.indices {
            for j in people.indices where j < i {
                #expect(try PixelDifferences(between: people[i], and: people[j]).meanAbs > 0.02, "\(i) and \(j)")
            }
        }
    }

    /// Eyes, brows and mouth stand out from the skin around them, in every tone and style.
    @Test(arguments: FaceStyle.allCases)
    func featuresShowInEverySkin(style: FaceStyle) {
        let features: Set<FaceLabel> = [
            .leftEye, .rightEye, .leftBrow, .rightBrow, .upperLip, .lowerLip, .mouth,
        ]
        for tone in SkinTone.allCases {
            var total: Float = 0
            for person in 0..<2 {
                var scene = FaceScene(SceneDescription(), seed: UInt64(person), prior: .base)
                (scene.style, scene.accessory, scene.scale) = (style, .none, 1.1)
                var identity = IdentitySet.validation[person]
                (identity.skin, identity.beard) = (tone, .none)
                let luma = FloatImage(drawFace(identity, in: scene, size: 128).bitmap).luma()
                let labels = DrawnFace.labels(of: identity, in: scene, size: 128).values
                func values(_ wanted: Set<FaceLabel>) -> [Float] {
                    zip(labels, luma).filter { label, _ in wanted.contains { $0.rawValue == label } }.map(\.1)
                }
                let skin = values([.skin])
                let mean = skin.reduce(0, +) / Float(skin.count)
                let marks = values(features)
                total += marks.reduce(0) { $0 + abs($1 - mean) } / Float(marks.count)
            }
            #expect(total / 2 > 0.1, "\(style), \(tone): \(total / 2)")
        }
    }

    /// Hatches and dots repeat with the patches that latents stand for, so that an autoencoder can draw them.
    @Test(arguments: [FaceStyle.pencilSketch, .poster])
    func textureLiesOnTheGridOfLatents(style: FaceStyle) throws {
        var identity = FaceIdentity()
        identity.hairStyle = .bald
        var scene = FaceScene()
        (scene.style, scene.clothingColor, scene.light, scene.clothing) = (style, .black, .front, .tShirt)
        let luma = FloatImage(drawFace(identity, in: scene, size: 128).bitmap).luma()
        // A patch of the dark shirt beside the one eight pixels on, and beside one three on, which is out of step.
        func distance(_ step: Int) -> Float {
            var sum: Float = 0
            for y in 112..<124 { for x in 56..<64 { sum += abs(luma[y * 128 + x] - luma[y * 128 + x + step]) } }
            return sum
        }
        #expect(distance(8) < distance(3) * 0.8, "\(distance(8)) and \(distance(3))")
    }
}
