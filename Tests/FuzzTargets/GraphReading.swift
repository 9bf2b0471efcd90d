import Foundation
import ONNX
import Tensors

/// An ONNX file: what it says of itself, and one run on zeros.
func readGraph(_ bytes: [UInt8]) throws {
    _ = bytes.withUnsafeBytes { ONNXOutline($0) }
    do {
        let limits = ONNXLimits(floats: 1 << 16, products: 4_000_000)
        let graph = try ONNXGraph(Data(bytes), file: "f", limits: limits)
        let inputs = graph.inputs.map { input in Tensor.zeros(input.shape.prefix(8).map { $0.map { min($0, 6) } ?? 4 })
        }
        _ = try graph(inputs).map(\.values)
    } catch let error as ONNXError {
        try require("\(error)".hasPrefix("f: "), "\(error)")
    }
}
