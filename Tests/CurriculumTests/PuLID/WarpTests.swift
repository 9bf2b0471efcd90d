import Curriculum
import Imaging
import TensorTestSupport
import Tensors
import Testing
import World

@Suite struct WarpTests {
    private let golden = Golden("warp.safetensors", PuLIDGolden.folder)

    private var transforms: [AffineTransform] {
        let numbers = golden["transforms"].values.map { Double($0) }
        return stride(from: 0, to: numbers.count, by: 6).map { i in
            AffineTransform(
                a: numbers[i],
                b: numbers[i + 1],
                tx: numbers[i + 2],
                c: numbers[i + 3],
                d: numbers[i + 4],
                ty: numbers[i + 5]
            )
        }
    }

    @Test func isGridSample() throws {
        let pictures = golden["pictures"].tracked()
        let warped = pictures.warped(by: transforms, height: 7, width: 7)
        assertClose(warped, golden["warped"], relative: 2e-6, "warped")
        let gradient = gradients(of: warped, seed: golden["seed"], for: [pictures])[0]
        assertClose(gradient, golden["gradient"], relative: 2e-6, "gradient of warped")
        assertClose(warped.blurred([0, 1, 0.4]), golden["blurred"], relative: 2e-6, "blurred")
    }

    /// The crop that the loss takes is the one that recognisers are given.
    @Test func isTheImagesOwnWarp() throws {
        let picture = WorldDataset(.base, size: 24, seed: 3, count: 1)[0].bitmap
        let transform = AffineTransform(a: 0.8, b: 0.1, tx: -2, c: -0.1, d: 0.8, ty: 1.5)
        let expected = FloatImage(picture).warped(by: transform, width: 16, height: 16)
        let found = picture.signed.warped(by: [transform], height: 16, width: 16)
        let signed = Tensor(expected.pixels, shape: [1, 16, 16, 3]).channelsFirst() * 2 + -1
        assertClose(found, signed, relative: 8e-7)
    }

    @Test func withoutAnInverseNothingIsSeen() {
        let flat = AffineTransform(a: 1, b: 1, tx: 0, c: 1, d: 1, ty: 0)
        let found = Tensor(repeating: 0.5, shape: [1, 3, 8, 8]).warped(by: [flat], height: 4, width: 4)
        #expect(found.values.allSatisfy { $0 == -1 })
    }
}
