import Tensors

/// torch.nn.PReLU with one slope for each channel.
struct PReLU: Sendable {
    /// (channels)
    let weight: Tensor

    init(_ w: Weights, channels: Int) throws {
        weight = try w.tensor("weight", shape: [channels], initial: .constant(0.25))
    }

    /// (..., channels) -> (..., channels)
    func callAsFunction(_ x: Tensor) -> Tensor { x.prelu(weight) }
}
