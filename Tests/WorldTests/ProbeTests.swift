import Imaging
import Testing
import World

@Suite struct ProbeTests {
    /// People, clothes, lights and framings that the probe has not drawn for itself.
    @Test(arguments: FaceStyle.allCases, [64, 128])
    func colorsAreRead(style: FaceStyle, size: Int) {
        let probe = ColorProbe(style: style, size: size)
        var description = SceneDescription()
        (description.style, description.background) = (style, .plain)
        var (backgrounds, clothes) = (0, 0)
        let count = 60
        for i in 0..<count {
            let scene = FaceScene(description, seed: UInt64(i), prior: .base)
            let bitmap = drawFace(IdentitySet.validation[i], in: scene, size: size).bitmap
            if style.showsBackgroundColor {
                backgrounds += probe.backgroundColor(of: bitmap) == scene.backgroundColor ? 1 : 0
            } else {
                #expect(probe.backgroundColor(of: bitmap) == nil)
            }
            if style.showsClothingColor {
                clothes += probe.clothingColor(of: bitmap) == scene.clothingColor ? 1 : 0
            } else {
                #expect(probe.clothingColor(of: bitmap) == nil)
            }
        }
        #expect(!style.showsBackgroundColor || backgrounds * 20 >= count * 19, "\(backgrounds) of \(count) backgrounds")
        #expect(!style.showsClothingColor || clothes * 10 >= count * 9, "\(clothes) of \(count) clothes")
    }

    @Test func overlap() {
        let box = FaceBox(left: 0, top: 0, right: 4, bottom: 2)
        #expect(box.overlap(with: box) == 1)
        #expect(box.overlap(with: FaceBox(left: 2, top: 0, right: 6, bottom: 2)) == 1.0 / 3)
        #expect(box.overlap(with: FaceBox(left: 4, top: 0, right: 6, bottom: 2)) == 0)
        #expect(box.overlap(with: FaceBox(left: 9, top: 9, right: 8, bottom: 8)) == 0)
        let empty = FaceBox(left: 1, top: 1, right: 1, bottom: 1)
        #expect(empty.overlap(with: empty) == 0)
    }
}
