import EngineTestSupport
import Foundation
import ONNX
import Tensors
import Testing

/// ONNX files with lost, repeated and altered parts: an error, or a graph that runs or says why it does not.
@Suite struct DamagedGraphTests {
    @Test(arguments: ["scrfd9", "scrfd10", "scrfd11", "scrfd13", "iresnet", "iresnet_norms", "operators"])
    func graphs(_ name: String) throws {
        var outcomes = (ran: 0, refused: 0)
        for bytes in Damage(whole: try golden("\(name).onnx", of: "ONNXTests"), copies: 300, seed: 51) {
            do {
                let graph = try ONNXGraph(Data(bytes), file: "damaged.onnx")
                _ = try graph(graph.inputs.map { input in .zeros(input.shape.map { $0.map { min($0, 64) } ?? 32 }) })
                outcomes.ran += 1
            } catch let error as ONNXError {
                #expect("\(error)".hasPrefix("damaged.onnx: "))
                outcomes.refused += 1
            }
        }
        #expect(outcomes.ran > 0 && outcomes.refused > 100, "\(outcomes)")
    }
}
