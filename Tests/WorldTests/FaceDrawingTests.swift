import Foundation
import Imaging
import Testing
import World

@Suite struct FaceDrawingTests {
    private func scene(_ style: FaceStyle) -> FaceScene {
        var scene = FaceScene(seed: 3, style: style)
        scene.accessory = .none
        return scene
    }

    /// A short chin under a long nose and a wide open mouth: less than no room for a beard.
    @Test(arguments: Beard.allCases, World.Expression.allCases)
    func aBeardMayLackRoom(beard: Beard, expression: World.Expression) {
        var identity = FaceIdentity(seed: 1)
        (identity.beard, identity.chin, identity.noseLength, identity.lipFullness) = (beard, -0.06, 0.48, 0.1)
        var scene = scene(.photo)
        scene.expression = expression
        #expect(drawFace(identity, in: scene, size: 64).bitmap.width == 64)
    }

    /// The bytes are part of what `draw_face` promises: if one of these changes on purpose, that node's version must
    /// too.
    @Test(arguments: [
        (FaceStyle.photo, "dae31f9af73456b6"), (.watercolor, "885d1623af84ca16"), (.pixelArt, "fd17309acc7d2bc9"),
        (.neon, "777d9fcfd8ca496e"), (.pencilSketch, "1c6f9853740a0ea9"), (.oil, "5517a6a4f6fd95a1"),
        (.poster, "8cac7dddfb7181fe"), (.cartoon, "6cbad6129129d5ed"), (.anime, "6422c63a67a3d5a5"),
        (.oilPortrait, "f46e8f0480dcd6f4"), (.clay, "e246b9dac5963bf6"),
    ])
    func sameBytesEveryTime(style: FaceStyle, expected: String) {
        let drawn = drawFace(FaceIdentity(seed: 7), in: scene(style), size: 64)
        #expect(drawn == drawFace(FaceIdentity(seed: 7), in: scene(style), size: 64))
        #expect(digest(drawn.bitmap) == expected, "\(style)")
    }

    @Test(arguments: [
        (FaceStyle.photo, "a2c3b75a956a658b"), (.watercolor, "bf859ba736f70399"), (.pixelArt, "b23942565567a8a1"),
        (.neon, "5312af2079894dc3"), (.pencilSketch, "27d79372288ca1b"), (.oil, "9b98bdef80ee3f87"),
        (.poster, "5e47f3669ae7e877"), (.cartoon, "881bdf978a1f2c52"), (.anime, "2f90f5284dc96333"),
        (.oilPortrait, "3f716f4f126e22a9"), (.clay, "619a3ce102cb72c7"),
    ])
    func sameBytesEveryTimeWhereThereIsRoom(style: FaceStyle, expected: String) {
        #expect(digest(drawFace(FaceIdentity(seed: 7), in: scene(style), size: 128).bitmap) == expected, "\(style)")
    }

    @Test func differentSeedsAreDifferentPeople() throws {
        let people = (0..<12).map { drawFace(FaceIdentity(seed: $0), in: FaceScene(), size: 64).bitmap }
        for i in people.indices {
            for j in people.indices where i < j {
                let differences = try PixelDifferences(between: people[i], and: people[j])
                #expect(differences.meanAbs > 0.015, "seeds \(i) and \(j)")
            }
        }
    }

    @Test func everyFactorOfTheSceneShows() throws {
        let identity = FaceIdentity(seed: 62)
        let plain = drawFace(identity, in: FaceScene(), size: 96).bitmap
        func expectChange(_ what: String, _ change: (inout FaceScene) -> Void) {
            var scene = FaceScene()
            change(&scene)
            guard scene != FaceScene() else { return }
            #expect(drawFace(identity, in: scene, size: 96).bitmap != plain, "\(what)")
        }
        for value in FaceStyle.allCases { expectChange("\(value)") { $0.style = value } }
        for value in Backdrop.allCases { expectChange("\(value)") { $0.background = value } }
        for value in PaintName.allCases { expectChange("\(value)") { $0.backgroundColor = value } }
        for value in Clothing.allCases { expectChange("\(value)") { $0.clothing = value } }
        for value in PaintName.allCases { expectChange("\(value)") { $0.clothingColor = value } }
        for value in Accessory.allCases { expectChange("\(value)") { $0.accessory = value } }
        for value in Expression.allCases { expectChange("\(value)") { $0.expression = value } }
        for value in Light.allCases { expectChange("\(value)") { $0.light = value } }
    }

    @Test func everyFactorOfTheIdentityShows() {
        let plain = drawFace(FaceIdentity(), in: FaceScene(), size: 128).bitmap
        func expectChange(_ what: String, _ change: (inout FaceIdentity) -> Void) {
            var identity = FaceIdentity()
            change(&identity)
            guard identity != FaceIdentity() else { return }
            #expect(drawFace(identity, in: FaceScene(), size: 128).bitmap != plain, "\(what)")
        }
        for value in SkinTone.allCases { expectChange("\(value)") { $0.skin = value } }
        for value in EyeColor.allCases { expectChange("\(value)") { $0.eyeColor = value } }
        for value in HairStyle.allCases { expectChange("\(value)") { $0.hairStyle = value } }
        for value in HairColor.allCases { expectChange("\(value)") { $0.hairColor = value } }
        for value in Beard.allCases { expectChange("\(value)") { $0.beard = value } }
        for value in Mole.allCases { expectChange("\(value)") { $0.mole = value } }
        let numbers: [(String, WritableKeyPath<FaceIdentity, Double>, Double)] = [
            ("undertone", \.undertone, 1), ("faceWidth", \.faceWidth, 0.8), ("jaw", \.jaw, 1), ("chin", \.chin, 0.1),
            ("cheeks", \.cheeks, 0), ("earSize", \.earSize, 1.3), ("eyeSpacing", \.eyeSpacing, 0.36),
            ("eyeSize", \.eyeSize, 0.18),
            ("eyeRoundness", \.eyeRoundness, 0.66), ("eyeTilt", \.eyeTilt, -0.1), ("lashes", \.lashes, 1.4),
            ("browThickness", \.browThickness, 0.08), ("browArch", \.browArch, 1), ("browHeight", \.browHeight, 0.3),
            ("noseLength", \.noseLength, 0.48), ("noseWidth", \.noseWidth, 0.16), ("noseBridge", \.noseBridge, 1),
            ("mouthWidth", \.mouthWidth, 0.3), ("lipFullness", \.lipFullness, 0.1), ("lipColor", \.lipColor, 1),
            ("hairVolume", \.hairVolume, 1), ("partingSide", \.partingSide, -1), ("freckles", \.freckles, 1),
        ]
        for (name, path, value) in numbers { expectChange(name) { $0[keyPath: path] = value } }
    }

    /// Eyes at 38 % of the height, five landmarks in SCRFD's order, all within the box.
    @Test func landmarksOfAFrontalFace() {
        let drawn = drawFace(FaceIdentity(), in: FaceScene(), size: 200)
        let points = drawn.landmarks
        #expect(points.count == 5)
        #expect(abs(points[0].y - 76) < 1e-9 && abs(points[1].y - 76) < 1e-9)
        #expect(abs(points[0].x + points[1].x - 200) < 1e-9 && points[0].x < points[1].x)
        #expect(abs(points[2].x - 100) < 1e-9 && points[2].y > points[0].y && points[2].y < points[3].y)
        #expect(points[3].x < points[2].x && points[2].x < points[4].x)
        for p in points {
            #expect(p.x > drawn.box.left && p.x < drawn.box.right && p.y > drawn.box.top && p.y < drawn.box.bottom)
        }
    }

    @Test func landmarksFollowTheScene() {
        var scene = FaceScene()
        let front = drawFace(FaceIdentity(), in: scene, size: 200).landmarks
        scene.yaw = 0.3
        let turned = drawFace(FaceIdentity(), in: scene, size: 200).landmarks
        #expect(turned[2].x > front[2].x + 5, "the tip of the nose moves to the side the head turns to")
        scene = FaceScene()
        scene.tilt = 0.2
        let leaned = drawFace(FaceIdentity(), in: scene, size: 200).landmarks
        let angle = atan2(leaned[1].y - leaned[0].y, leaned[1].x - leaned[0].x)
        #expect(abs(angle - 0.2) < 1e-6)
        scene = FaceScene()
        (scene.offsetX, scene.offsetY) = (0.1, -0.05)
        let moved = drawFace(FaceIdentity(), in: scene, size: 200).landmarks
        #expect(abs(moved[2].x - front[2].x - 20) < 1e-9 && abs(moved[2].y - front[2].y + 10) < 1e-9)
    }

    /// The pupil is really there, in every style that has eyes to see: darker than the cheek.
    @Test(arguments: [FaceStyle.photo, .watercolor, .oil, .poster, .cartoon, .pencilSketch])
    func eyesAreWhereTheLandmarksSay(style: FaceStyle) {
        var identity = FaceIdentity()
        (identity.skin, identity.eyeColor) = (.fair, .dark)
        var scene = FaceScene()
        scene.style = style
        let drawn = drawFace(identity, in: scene, size: 256)
        let luma = FloatImage(drawn.bitmap).luma()
        func mean(_ p: Point) -> Float {
            let values = (-2...2).flatMap { dy in (-2...2).map { dx in luma[(Int(p.y) + dy) * 256 + Int(p.x) + dx] } }
            return values.reduce(0, +) / Float(values.count)
        }
        for eye in drawn.landmarks.prefix(2) {
            #expect(mean(eye) < mean(Point(eye.x, eye.y + 34)) - 0.2)
        }
    }

    @Test(arguments: [16, 33, 100])
    func anySizeAndAnyScene(size: Int) {
        for seed in 0..<UInt64(8) {
            var scene = FaceScene(seed: seed)
            scene.scale = seed % 2 == 0 ? 1.6 : 0.3
            scene.offsetX = 0.25
            let drawn = drawFace(FaceIdentity(seed: seed), in: scene, size: size)
            #expect((drawn.bitmap.width, drawn.bitmap.height) == (size, size))
        }
    }

    @Test func absurdNumbersDrawSomething() {
        for wild in [Double.nan, .infinity, -1e300, 1e9] {
            var (identity, scene) = (FaceIdentity(), FaceScene())
            (identity.freckles, identity.faceWidth, identity.hairVolume) = (wild, wild, wild)
            (scene.yaw, scene.scale, scene.offsetX) = (wild, wild, wild)
            #expect(drawFace(identity, in: scene, size: 16).bitmap.width == 16)
        }
    }
}
