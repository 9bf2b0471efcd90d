import Tensors

/// facexlib: parsing/resnet.py::ResNet18 without a classifier
struct ResNet18: Sendable {
    let conv1: Conv2d
    let bn1: BatchNorm
    let layers: [[BasicBlock]]

    init(_ w: Weights, stem: Int, widths: [Int], depths: [Int]) throws {
        conv1 = try Conv2d(w / "conv1", from: 3, to: stem, kernel: 7, stride: 2, bias: false)
        bn1 = try BatchNorm(w / "bn1", channels: stem)
        layers = try widths.indices.map { layer in
            let before = layer == 0 ? stem : widths[layer - 1]
            return try (0..<depths[layer]).map { i in
                try BasicBlock(
                    w / "layer\(layer + 1)" / i,
                    from: i == 0 ? before : widths[layer],
                    to: widths[layer],
                    stride: i == 0 && layer > 0 ? 2 : 1
                )
            }
        }
    }

    /// Picture (B, H, W, 3) -> what the last three layers give, at an 8th, a 16th and a 32nd of the size.
    func callAsFunction(_ image: Tensor) -> (eighth: Tensor, sixteenth: Tensor, thirtySecond: Tensor) {
        let x = bn1(conv1(image)).relu().maxPooled(kernel: 3, stride: 2, padding: 1)
        func layer(_ i: Int, _ x: Tensor) -> Tensor { layers[i].reduce(x) { x, block in block(x) } }
        let eighth = layer(1, layer(0, x))
        let sixteenth = layer(2, eighth)
        return (eighth, sixteenth, layer(3, sixteenth))
    }
}

/// facexlib: parsing/resnet.py::BasicBlock
struct BasicBlock: Sendable {
    let conv1, conv2: Conv2d
    let bn1, bn2: BatchNorm
    let downsample: Downsample?

    init(_ w: Weights, from cIn: Int, to cOut: Int, stride: Int) throws {
        conv1 = try Conv2d(w / "conv1", from: cIn, to: cOut, kernel: 3, stride: stride, bias: false)
        bn1 = try BatchNorm(w / "bn1", channels: cOut)
        conv2 = try Conv2d(w / "conv2", from: cOut, to: cOut, kernel: 3, bias: false)
        bn2 = try BatchNorm(w / "bn2", channels: cOut)
        downsample =
            stride == 1 && cIn == cOut
            ? nil : try Downsample(w / "downsample", from: cIn, to: cOut, stride: stride)
    }

    /// (B, H, W, Cin) -> (B, H / stride, W / stride, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = bn2(conv2(bn1(conv1(x)).relu()))
        return ((downsample?(x) ?? x) + h).relu()
    }
}
