import Foundation
import ONNX
import Tensors
import Testing

/// What is written is what is read, operator by operator.
@Suite struct ONNXWriterTests {
    private var random = TorchRandomSource(seed: 3)

    /// A picture (1, 2, 8, 8) through `build`, read back.
    private func run(
        _ picture: Tensor,
        shape: [Int],
        _ build: (inout ONNXWriter, ONNXWriter.Value) -> ONNXWriter.Value
    ) throws -> Tensor {
        var writer = ONNXWriter(name: "test")
        let input = writer.input("picture", shape: picture.shape)
        writer.output("answer", build(&writer, input), shape: shape)
        let graph = try ONNXGraph(try writer.data(), file: "test.onnx")
        #expect(graph.inputs.map(\.name) == ["picture"])
        #expect(graph.inputs[0].shape == picture.shape.map { $0 })
        return try graph([picture])[0]
    }

    @Test mutating func convolutions() throws {
        let x = random.normal([1, 2, 9, 8])
        for (kernel, stride) in [(3, 1), (3, 2), (1, 1), (5, 2)] {
            let (weight, bias) = (random.normal([3, 2, kernel, kernel]), random.normal([3]))
            let expected = x.channelsLast().conv2d(
                weight.channelsLast(),
                bias: bias,
                stride: stride,
                padding: (kernel / 2, kernel / 2)
            ).channelsFirst()
            let found = try run(x, shape: expected.shape) {
                $0.convolution($1, weight: weight, bias: bias, stride: stride)
            }
            #expect(found.shape == expected.shape && found.values == expected.values)
        }
    }

    @Test mutating func activationsAndSums() throws {
        let x = random.normal([1, 2, 4, 4])
        let found = try run(x, shape: x.shape) { writer, x in
            let relu = writer.relu(x)
            return writer.add(relu, writer.sigmoid(x))
        }
        #expect(found.values == (x.relu() + x.sigmoid()).values)
    }

    @Test mutating func sizes() throws {
        let x = random.normal([1, 2, 4, 8])
        let doubled = try run(x, shape: [1, 2, 8, 16]) { $0.upsampleNearest2x($1) }
        #expect(doubled.values == x.channelsLast().upsampledNearest2x().channelsFirst().values)
        let means = try run(x, shape: [1, 2, 2, 4]) { $0.averagePool($1, side: 2) }
        for channel in 0..<2 {
            for (row, column) in [(0, 0), (1, 3)] {
                let square = [0, 1, 8, 9].map { x.values[channel * 32 + row * 16 + column * 2 + $0] }
                #expect(means.values[channel * 8 + row * 4 + column] == square.reduce(0, +) / 4)
            }
        }
        // Two rows of one channel each at every position.
        let rows = try run(x, shape: [64, 1]) { $0.rows($1, columns: 1) }
        #expect(rows.shape == [64, 1] && rows.values == x.channelsLast().values)
    }

    /// The same network gives the same bytes.
    @Test mutating func bytesAreAlike() throws {
        let (weight, bias) = (random.normal([3, 2, 3, 3]), random.normal([3]))
        func data() throws -> Data {
            var writer = ONNXWriter(name: "test")
            let x = writer.input("picture", shape: [1, 2, 8, 8])
            writer.output("a", writer.convolution(x, weight: weight, bias: bias), shape: [1, 3, 8, 8])
            return try writer.data()
        }
        #expect(try data() == data())
    }
}
