import TensorTestSupport
import Tensors
import Testing

@Suite struct CrossEntropyTests {
    /// As computed by PyTorch, with weights and rows that do not count.
    @Test func theReference() {
        let golden = Golden("cross_entropy.safetensors", #filePath)
        let x = golden["x"].tracked()
        let targets = golden["targets"].values.map { $0 < 0 ? nil : Int($0) }
        let loss = x.crossEntropy(targets, weights: golden["weights"].values)
        assertClose(loss.detached(), golden["loss"], relative: 1.8e-7, "loss")
        let gradient = gradients(of: loss * 1.7, for: [x])[0]
        assertClose(gradient, golden["dx"], relative: 1.8e-7, "dx")
    }

    /// A wrong answer that is certain costs what its logit says, not infinitely much.
    @Test func largeLogits() {
        let x = Tensor([90, -90, 0, 0], shape: [2, 2]).tracked()
        let loss = x.crossEntropy([1, 0])
        #expect(abs(loss.values[0] - 180.69315) < 1e-3)
        #expect(gradients(of: loss, for: [x])[0].values == [1, -1, -0.5, 0.5])
    }

    /// Gradients that are given go where they belong, times what arrives.
    @Test func knownGradients() {
        let (a, b) = (Tensor([1, 2], shape: [2]).tracked(), Tensor([3], shape: [1]).tracked())
        let loss = Tensor.known(7, gradients: [(a, Tensor([5, 6], shape: [2])), (b, Tensor([8], shape: [1]))])
        #expect(loss.values == [7])
        let found = gradients(of: loss * 2, for: [a, b])
        #expect(found.map(\.values) == [[10, 12], [16]])
    }
}
