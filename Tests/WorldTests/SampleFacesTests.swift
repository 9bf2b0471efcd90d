import Foundation
import Imaging
import Testing
import World

/// The photos in recipes/faces are drawings of this project: these factors make them, byte for byte.
/// `RECORD=1` writes them anew (and fails once, so that nobody records by accident).
@Suite struct SampleFacesTests {
    static let samples: [(file: String, seed: UInt64, scene: FaceScene)] = [
        (
            "ada.png", 62,
            scene { s in
                (s.expression, s.backgroundColor) = (.smile, .teal)
                (s.clothing, s.clothingColor) = (.turtleneck, .blue)
            }
        ),
        (
            "ada-2.png", 62,
            scene { s in
                (s.expression, s.background) = (.laugh, .park)
                (s.clothing, s.clothingColor) = (.tShirt, .yellow)
                (s.yaw, s.tilt, s.light) = (0.2, 0.05, .right)
            }
        ),
        (
            "ben.png", 47,
            scene { s in
                (s.background, s.backgroundColor) = (.studio, .purple)
                (s.clothing, s.clothingColor) = (.hoodie, .green)
                s.yaw = -0.12
            }
        ),
    ]

    private static func scene(_ change: (inout FaceScene) -> Void) -> FaceScene {
        var scene = FaceScene()
        // Framed as faces are aligned to 512 pixels, so that `crop: whole` finds eyes and mouth where it expects them.
        (scene.scale, scene.offsetY) = (1.42, 0.127)
        // As the shipped models were trained.
        scene.detail = 0
        change(&scene)
        return scene
    }

    @Test(arguments: samples.indices)
    func areRedrawnExactly(index: Int) throws {
        let sample = Self.samples[index]
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../recipes/faces/\(sample.file)").standardizedFileURL
        let drawn = drawFace(FaceIdentity(seed: sample.seed), in: sample.scene, size: 512).bitmap
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try drawn.encodedPNG().write(to: url)
            Issue.record("recorded \(sample.file)")
        }
        let data = try Data(contentsOf: url)
        #expect(data.count < 200_000)
        // Pixels, not the file's bytes: another zlib may compress them otherwise.
        #expect(try Bitmap.decode(data, name: sample.file) == drawn)
    }
}
