import Foundation
import Kernels
import Tensors
import Testing

/// What an operation cannot do ends the program with the operation, the layer and the shapes, in release builds too.
@Suite struct RequirementTests {
    @Test func operationsNameLayersAndShapes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            signal(SIGILL, SIG_DFL)
            signal(SIGTRAP, SIG_DFL)
            let w = Weights(FreshWeights(name: "fresh", seed: 1)) / "down_blocks" / 0
            let linear = try Linear(w / "proj", from: 4, to: 5)
            _ = linear(.zeros([2, 3]))
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        for part in ["linear", "[2, 3]", "[5, 4] (down_blocks.0.proj.weight)"] {
            #expect(text.contains(part), "\(part) is not in \(text)")
        }
    }
}
