import Diffusion
import TensorTestSupport
import Tensors
import Testing

@Test func guidanceGoesFromTheUnconditionalPredictionThroughTheConditionalOne() {
    let (u, c) = (Tensor([1, 2, -3], shape: [3]), Tensor([2, 0, -3], shape: [3]))
    #expect(guided(unconditional: u, conditional: c, scale: 0).values == u.values)
    #expect(guided(unconditional: u, conditional: c, scale: 1).values == c.values)
    #expect(guided(unconditional: u, conditional: c, scale: 2.5).values == [3.5, -3, -3])
}
