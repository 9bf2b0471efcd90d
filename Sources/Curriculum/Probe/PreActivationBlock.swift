import Tensors

/// A residual block with norm and activation before each convolution (He et al. 2016,
/// https://arxiv.org/abs/1603.05027).
struct PreActivationBlock: Sendable {
    let norm1, norm2: GroupNorm
    let conv1, conv2: Conv2d
    let shortcut: Conv2d?

    init(_ w: Weights, from cIn: Int, to cOut: Int, stride: Int, groups: Int) throws {
        norm1 = try GroupNorm(w / "norm1", groups: groups, channels: cIn)
        conv1 = try Conv2d(w / "conv1", from: cIn, to: cOut, kernel: 3, stride: stride, bias: false)
        norm2 = try GroupNorm(w / "norm2", groups: groups, channels: cOut)
        conv2 = try Conv2d(w / "conv2", from: cOut, to: cOut, kernel: 3, bias: false)
        shortcut =
            stride == 1 && cIn == cOut
            ? nil : try Conv2d(w / "shortcut", from: cIn, to: cOut, kernel: 1, stride: stride, bias: false)
    }

    /// (B, H, W, Cin) -> (B, H / stride, W / stride, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor {
        conv2(conv1(x, after: norm1), after: norm2, residual: shortcut?(x) ?? x)
    }
}
