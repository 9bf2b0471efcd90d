import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct SCRFDTests {
    private let golden = Golden("scrfd.safetensors", #filePath)
    private var outputs: [Tensor] { (0..<9).map { golden["output.\($0)"] } }

    /// insightface's SCRFD.detect around the same outputs.
    @Test(arguments: [("wide", 35.0 / 90), ("tall", 64.0 / 133)])
    func facesAreInsightfaces(name: String, scale: Double) throws {
        let faces = try SCRFD.faces(outputs: outputs, side: 64, scale: scale)
        let (boxes, points) = (golden["\(name).boxes"].values, golden["\(name).points"].values)
        #expect(faces.count == boxes.count / 5 && faces.count > 10)
        for (i, face) in faces.enumerated() {
            for (found, expected) in zip(face.box + [face.score], boxes[5 * i..<5 * i + 5]) {
                #expect(abs(found - expected) < 1e-4)
            }
            let found = face.landmarks.flatMap { [$0.x, $0.y] }
            for (found, expected) in zip(found, points[10 * i..<10 * i + 10]) { #expect(abs(found - expected) < 1e-4) }
        }
    }

    @Test func aBatchOfOneDoesNotMatter() throws {
        let batched = outputs.map { $0.reshaped([1] + $0.shape) }
        #expect(
            try SCRFD.faces(outputs: batched, side: 64, scale: 1) == SCRFD.faces(outputs: outputs, side: 64, scale: 1)
        )
    }

    /// insightface sorts by score and reverses twice, so that of equal faces the earlier anchor's stays.
    @Test func ofEqualFacesTheEarlierStays() throws {
        var outputs = [1, 4, 10].flatMap { width in
            [8, 16, 32].map { stride in Tensor.zeros([2 * (64 / stride) * (64 / stride), width]) }
        }
        // Two anchors of one place, whose boxes overlap.
        func first(_ values: [Float], of output: Int) {
            let all = values + Array(repeating: 0, count: outputs[output].count - values.count)
            outputs[output] = Tensor(all, shape: outputs[output].shape)
        }
        first([0.75, 0.75], of: 0)
        first([0, 0, 2, 2, 0, 0, 2.25, 2.25], of: 3)
        let faces = try SCRFD.faces(outputs: outputs, side: 64, scale: 1)
        #expect(faces.map(\.box) == [[0, 0, 16, 16]])
    }

    /// Boxes without an area overlap nothing, and are not left out for it.
    @Test func emptyBoxesOverlapNothing() {
        func face(_ x: Float, width: Float) -> FaceDetection {
            FaceDetection(left: x, top: 0, right: x + width, bottom: width, score: 1, landmarks: [])
        }
        #expect(face(3, width: 0).overlap(with: face(3, width: 0)) == 0)
        #expect(face(3, width: 0).overlap(with: face(0, width: 8)) == 0)
        #expect(face(3, width: 0).overlap(with: face(3, width: 0), margin: 1) == 1)
        #expect(face(0, width: 8).overlap(with: face(0, width: 8)) == 1)
    }

    @Test func otherNetworksAreNamed() {
        #expect(throws: SCRFDError.outputCount(found: 6, expected: 9)) {
            try SCRFD.faces(outputs: Array(outputs.prefix(6)), side: 64, scale: 1)
        }
        #expect(throws: SCRFDError.outputShape(found: [128, 1], expected: [12800, 1])) {
            try SCRFD.faces(outputs: outputs, scale: 1)
        }
    }

    @Test func picturesAreNormalisedAsBlobsAre() {
        let blob = SCRFD.normalized(Tensor([0, 127.5, 255], shape: [1, 3, 1, 1])).values
        #expect(blob == [-0.99609375, 0, 0.99609375])
    }
}
