import Tensors
import Testing

/// A group whose numbers are all the same has no variance, and rounding must not bring it below zero.
@Suite("Group norm of constants")
struct ConstantGroupTests {
    @Test func isTheBiasWithinTheMeansRounding() {
        var random = TorchRandomSource(seed: 5)
        for scale: Float in [1e-3, 1, 1e3, 3e5, 1e6, 1e7] {
            let constants = (0..<400).map { _ in (0.5 + random.uniform()) * scale }
            let x = Tensor((0..<100).flatMap { _ in constants }, shape: [1, 10, 10, 400])
            let ones = Tensor(repeating: 1, shape: [400])
            let norm = x.groupNorm(ones, .zeros([400]), groups: 400, eps: 1e-5)
            for (y, constant) in zip(norm.values, x.values) {
                // 1 / sqrt(eps) is 316.
                #expect(abs(y) <= 32 * 317 * constant.ulp, "\(constant) became \(y)")
            }
        }
    }
}
