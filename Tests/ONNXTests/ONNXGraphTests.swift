import Foundation
import ONNX
import TensorTestSupport
import Tensors
import Testing

/// Against ONNX Runtime: scripts/goldens/onnx_graphs.py.
@Suite struct ONNXGraphTests {
    private let golden = Golden("graphs.safetensors", #filePath)

    private func graph(_ name: String) throws -> ONNXGraph {
        try ONNXGraph(path: Golden.path("\(name).onnx", #filePath))
    }

    /// Each way of resizing, both layouts of heads, norms folded or not, constants raw or typed, and odd sizes.
    @Test(arguments: [
        ("scrfd9", "1x3x32x64", 9), ("scrfd9", "1x3x32x32", 9), ("scrfd10", "1x3x32x64", 9),
        ("scrfd10", "1x3x32x32", 9), ("scrfd11", "1x3x32x64", 9), ("scrfd11", "1x3x32x32", 9),
        ("scrfd13", "1x3x32x64", 9), ("scrfd13", "1x3x32x32", 9), ("iresnet", "2x3x16x16", 1),
        ("iresnet_norms", "2x3x16x16", 1), ("operators", "2x3x9x7", 37),
        ("grouped", "2x3x9x7", 1),
    ])
    func agreesWithONNXRuntime(name: String, size: String, count: Int) throws {
        let outputs = try graph(name)([golden["\(name).\(size).input"]])
        #expect(outputs.count == count)
        for (i, output) in outputs.enumerated() {
            let expected = golden["\(name).\(size).output.\(i)"]
            assertClose(output, expected, relative: 3e-6, "\(name) \(size) output \(i)")
        }
    }

    /// The derivative along a direction, from gradients and from differences.
    @Test(arguments: [
        ("iresnet_norms", "2x3x16x16", 2e-4), ("scrfd11", "1x3x32x32", 0.02), ("grouped", "2x3x9x7", 2e-3),
    ])
    func gradientsReachTheInput(name: String, size: String, relative: Double) throws {
        let graph = try graph(name)
        let x = golden["\(name).\(size).input"]
        var random = TorchRandomSource(seed: 5)
        let direction = Tensor(random.normal(x.count), shape: x.shape)
        func loss(_ x: Tensor) throws -> Tensor {
            let outputs = try graph([x]).map { ($0 * $0).sum() }
            return outputs.dropFirst().reduce(outputs[0]) { $0 + $1 }
        }
        let leaf = x.tracked()
        let gradient = gradients(of: try loss(leaf), for: [leaf])[0]
        let slope = zip(gradient.values, direction.values).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let step: Float = 1e-3
        let (after, before) = (try loss(x + direction * step), try loss(x - direction * step))
        let difference = (Double(after.values[0]) - Double(before.values[0])) / Double(2 * step)
        let most = relative * max(abs(slope), abs(difference))
        #expect(abs(slope - difference) < most, "\(slope), expected \(difference)")
        #expect(slope != 0)
    }

    @Test func inputsSayWhatTheyTake() throws {
        let graph = try graph("scrfd11")
        #expect(graph.inputs.map(\.name) == ["input.1"])
        #expect(graph.inputs[0].shape == [1, 3, nil, nil])
        #expect(throws: ONNXError.self) { try graph([Tensor.zeros([1, 4, 64, 64])]) }
        #expect(throws: ONNXError.self) { try graph([]) }
    }

    /// 32 does not divide the sides, so the pyramid's maps do not fit each other.
    @Test func mapsThatDoNotFitAreAnErrorWithTheNode() throws {
        let error = #expect(throws: ONNXError.self) { try graph("scrfd10")([Tensor.zeros([1, 3, 40, 40])]) }
        guard case .failed(_, let node, .shapes) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(node.hasPrefix("Add "))
    }
}
