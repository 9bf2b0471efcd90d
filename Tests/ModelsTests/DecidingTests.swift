import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing

/// Networks that decide take plain sums whatever is asked for, so that no box and no label hangs on Winograd's last digit.
@Suite struct DecidingTests {
    /// The numbers that a network gives with Winograd allowed and without.
    private func bits(_ numbers: () -> [Float]) -> (fast: [UInt32], exact: [UInt32]) {
        func found(isExact: Bool) -> [UInt32] {
            ComputeSettings.with(precision: isExact ? .plainSums : .float32) { numbers().map(\.bitPattern) }
        }
        return (found(isExact: false), found(isExact: true))
    }

    private func picture(_ side: Int) -> Tensor {
        var random = TorchRandomSource(seed: 4)
        return random.normal([1, 3, side, side])
    }

    private func weights(_ seed: UInt64) -> Weights { Weights(FreshWeights(name: "fresh", seed: seed)) }

    @Test func parserAndDetectors() throws {
        let picture = picture(128)
        let parser = try BiSeNet(
            weights(1),
            config: .init(
                stemWidth: 16,
                widths: [16, 16, 16, 16],
                depths: [1, 1, 1, 1],
                contextWidth: 16,
                fusionWidth: 16,
                headWidth: 16,
                classes: 3
            )
        )
        let labels = bits { parser(picture).values }
        #expect(labels.fast == labels.exact)

        let aligner = try RetinaFace(
            weights(2),
            config: .init(stemWidth: 16, planes: [16, 16, 16, 16], depths: [1, 1, 1, 1], width: 16)
        )
        let boxes = bits {
            let (boxes, scores, points) = aligner(picture)
            return boxes.values + scores.values + points.values
        }
        #expect(boxes.fast == boxes.exact)

        let detector = try SCRFDNetwork(weights(3))
        let faces = bits {
            detector.faces(in: picture)[0].flatMap { [$0.left, $0.top, $0.right, $0.bottom, $0.score] }
        }
        #expect(!faces.fast.isEmpty && faces.fast == faces.exact)
    }

    /// Else the comparisons above could not fail.
    @Test func othersTakeWinograd() throws {
        let layer = try Conv2d(weights(5), from: 16, to: 16, kernel: 3)
        var random = TorchRandomSource(seed: 6)
        let x = random.normal([1, 32, 32, 16])
        let numbers = bits { layer(x).values }
        #expect(numbers.fast != numbers.exact)
    }
}
