import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct FaceParsingTests {
    private let golden = Golden("face_features.safetensors", #filePath)

    @Test func labelsAreTheLargestLogits() {
        let parsing = FaceParsing(logits: golden["logits"])
        #expect(parsing.shape == [2, 9, 13])
        #expect(parsing.labels.map(Int.init) == golden.integers("labels"))
    }

    @Test func theFirstOfEqualLogitsWins() {
        let parsing = FaceParsing(logits: Tensor([1, 0, 1, 2, 0, 2], shape: [1, 3, 1, 2]))
        #expect(parsing.labels == [0, 1])
    }

    /// Bit for bit: the encoder's cache key follows from this picture.
    @Test func faceFeaturesAreThoseOfPuLID() {
        let features = FaceParsing(logits: golden["logits"]).faceFeatures(of: golden["image"])
        #expect(features.shape == golden["features"].shape)
        #expect(features.values == golden["features"].values)
    }

    @Test func picturesAreNormalised() {
        assertClose(ImageNormalization.clip(golden["features"]), golden["normalised"], relative: 1e-6)
        let ends = Tensor([0, 0, 0, 1, 1, 1], shape: [2, 3, 1, 1])
        #expect(ImageNormalization.signed(ends).values == [-1, -1, -1, 1, 1, 1])
    }
}
