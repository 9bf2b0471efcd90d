import Tensors

/// facexlib: parsing/bisenet.py::ConvBNReLU
struct ConvBNReLU: Sendable {
    let conv: Conv2d
    let bn: BatchNorm

    init(_ w: Weights, from cIn: Int, to cOut: Int, kernel: Int = 3, stride: Int = 1) throws {
        conv = try Conv2d(w / "conv", from: cIn, to: cOut, kernel: kernel, stride: stride, bias: false)
        bn = try BatchNorm(w / "bn", channels: cOut)
    }

    /// (B, H, W, Cin) -> (B, H / stride, W / stride, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor { bn(conv(x)).relu() }
}
