import Tensors

/// insightface: recognition/arcface_torch/backbones/iresnet.py::IBasicBlock
struct IBasicBlock: Sendable {
    let bn1, bn2, bn3: BatchNorm
    let conv1, conv2: Conv2d
    let prelu: PReLU
    let downsample: Downsample?

    init(_ w: Weights, from cIn: Int, to cOut: Int, stride: Int) throws {
        bn1 = try BatchNorm(w / "bn1", channels: cIn)
        conv1 = try Conv2d(w / "conv1", from: cIn, to: cOut, kernel: 3, bias: false)
        bn2 = try BatchNorm(w / "bn2", channels: cOut)
        prelu = try PReLU(w / "prelu", channels: cOut)
        conv2 = try Conv2d(w / "conv2", from: cOut, to: cOut, kernel: 3, stride: stride, bias: false)
        bn3 = try BatchNorm(w / "bn3", channels: cOut)
        downsample =
            stride == 1 && cIn == cOut
            ? nil : try Downsample(w / "downsample", from: cIn, to: cOut, stride: stride)
    }

    /// (B, H, W, Cin) -> (B, H / stride, W / stride, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = bn3(conv2(prelu(bn2(conv1(bn1(x))))))
        return h + (downsample?(x) ?? x)
    }
}

/// The shortcut of a ResNet's block that changes the size: a convolution of one pixel and a norm.
struct Downsample: Sendable {
    let conv: Conv2d
    let norm: BatchNorm

    init(_ w: Weights, from cIn: Int, to cOut: Int, stride: Int) throws {
        conv = try Conv2d(w / 0, from: cIn, to: cOut, kernel: 1, stride: stride, bias: false)
        norm = try BatchNorm(w / 1, channels: cOut)
    }

    /// (B, H, W, Cin) -> (B, H / stride, W / stride, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor { norm(conv(x)) }
}
