import Kernels

extension Tensor {
    /// A number (1) that something else has computed from tensors, together with its gradient for each of them: for
    /// losses that are loops over a few places of a map rather than chains of operations.
    public static func known(_ value: Float, gradients: [(of: Tensor, gradient: Tensor)]) -> Tensor {
        for (x, gradient) in gradients {
            require(x.shape == gradient.shape, "a gradient of \(gradient.title) for \(x.title)")
        }
        return Tensor([value], shape: [1]).recorded(from: gradients.map(\.of)) {
            [parts = gradients.map(\.gradient)] dy in
            parts.map { $0 * dy.values[0] }
        }
    }
}
