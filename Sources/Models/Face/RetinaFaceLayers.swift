import Tensors

/// A convolution without bias, its norm, and a leaky ReLU if `slope` is given: facexlib's conv_bn and its kin.
struct ConvBN: Sendable {
    let conv: Conv2d
    let norm: BatchNorm
    let slope: Float?

    init(_ w: Weights, from cIn: Int, to cOut: Int, kernel: Int = 3, slope: Float?) throws {
        conv = try Conv2d(w / 0, from: cIn, to: cOut, kernel: kernel, bias: false)
        norm = try BatchNorm(w / 1, channels: cOut)
        self.slope = slope
    }

    /// (B, H, W, Cin) -> (B, H, W, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let y = norm(conv(x))
        return slope.map { y.leakyReLU(slope: $0) } ?? y
    }

    /// What facexlib gives to narrow networks.
    static func slope(width: Int) -> Float { width <= 64 ? 0.1 : 0 }
}

/// facexlib: detection/retinaface_net.py::FPN
struct FeaturePyramid: Sendable {
    let outputs: [ConvBN]
    let merge1, merge2: ConvBN

    init(_ w: Weights, from widths: [Int], to width: Int) throws {
        let slope = ConvBN.slope(width: width)
        outputs = try widths.enumerated().map { i, from in
            try ConvBN(w / "output\(i + 1)", from: from, to: width, kernel: 1, slope: slope)
        }
        merge1 = try ConvBN(w / "merge1", from: width, to: width, slope: slope)
        merge2 = try ConvBN(w / "merge2", from: width, to: width, slope: slope)
    }

    /// Maps at an 8th, a 16th and a 32nd of the size -> maps of those sizes, all of one width.
    func callAsFunction(_ maps: [Tensor]) -> [Tensor] {
        let levels = zip(outputs, maps).map { $0($1) }
        func upsampled(_ x: Tensor, like y: Tensor) -> Tensor {
            x.upsampledNearest(to: (height: y.shape[1], width: y.shape[2]))
        }
        let sixteenth = merge2(levels[1] + upsampled(levels[2], like: levels[1]))
        let eighth = merge1(levels[0] + upsampled(sixteenth, like: levels[0]))
        return [eighth, sixteenth, levels[2]]
    }
}

/// facexlib: detection/retinaface_net.py::SSH, three windows of growing size side by side.
struct SSH: Sendable {
    let conv3X3, conv5X5_1, conv5X5_2, conv7X7_2, conv7x7_3: ConvBN

    init(_ w: Weights, channels: Int) throws {
        let slope = ConvBN.slope(width: channels)
        conv3X3 = try ConvBN(w / "conv3X3", from: channels, to: channels / 2, slope: nil)
        conv5X5_1 = try ConvBN(w / "conv5X5_1", from: channels, to: channels / 4, slope: slope)
        conv5X5_2 = try ConvBN(w / "conv5X5_2", from: channels / 4, to: channels / 4, slope: nil)
        conv7X7_2 = try ConvBN(w / "conv7X7_2", from: channels / 4, to: channels / 4, slope: slope)
        conv7x7_3 = try ConvBN(w / "conv7x7_3", from: channels / 4, to: channels / 4, slope: nil)
    }

    /// (B, H, W, C) -> (B, H, W, C)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let five = conv5X5_1(x)
        return Tensor.concatenated([conv3X3(x), conv5X5_2(five), conv7x7_3(conv7X7_2(five))], axis: 3).relu()
    }
}
