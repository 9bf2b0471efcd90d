import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct RetinaFaceTests {
    private let golden = Golden("retinaface.safetensors", #filePath)

    /// The picture (1, 3, 75, 117), red first.
    private var photo: Tensor {
        let bytes = golden.integers("photo").map(Float.init)
        return Tensor(bytes, shape: [1, 75, 117, 3]).channelsFirst()
    }

    private func network() throws -> RetinaFace {
        let w = golden.weights / "model"
        let network = try RetinaFace(w, config: .init(w))
        try w.assertAllUsed()
        return network
    }

    @Test func agreesWithFacexlib() throws {
        let (boxes, scores, points) = try network()(photo)
        assertClose(boxes.reshaped(golden["loc"].shape), golden["loc"], relative: 3.1e-6, "boxes")
        assertClose(scores.reshaped(golden["conf"].shape), golden["conf"], relative: 3.1e-6, "scores")
        assertClose(points.reshaped(golden["points"].shape), golden["points"], relative: 3.1e-6, "points")
    }

    /// facexlib's detect_faces, its order and what it leaves out.
    @Test func facesAreFacexlibs() throws {
        let faces = try network().faces(in: photo)
        let expected = golden["found"].values
        #expect(faces.count == expected.count / 15)
        for (face, i) in zip(faces, stride(from: 0, to: expected.count, by: 15)) {
            let found = face.box + [face.score] + face.landmarks.flatMap { [$0.x, $0.y] }
            for (a, b) in zip(found, expected[i..<i + 15]) { #expect(abs(a - b) < 0.01) }
        }
    }

    @Test func sizesAreReadOffTheTensors() throws {
        let expected = RetinaFace.Config(stemWidth: 6, planes: [2, 3, 4, 5], depths: [2, 1, 2, 1], width: 16)
        #expect(try RetinaFace.Config(golden.weights / "model") == expected)
    }

    @Test func anotherModelIsNamedAsSuch() {
        let shapes = Shapes(["body.conv1.weight": [64, 3, 7, 7]])
        #expect(throws: WeightsError.self) { try RetinaFace.Config(Weights(shapes)) }
    }
}
