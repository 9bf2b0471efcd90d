import Tensors

/// torchvision: models/resnet.py::ResNet with bottlenecks and without a classifier
struct ResNet50: Sendable {
    let conv1: Conv2d
    let bn1: BatchNorm
    let layers: [[Bottleneck]]

    init(_ w: Weights, stem: Int, planes: [Int], depths: [Int]) throws {
        conv1 = try Conv2d(w / "conv1", from: 3, to: stem, kernel: 7, stride: 2, bias: false)
        bn1 = try BatchNorm(w / "bn1", channels: stem)
        layers = try planes.indices.map { layer in
            let before = layer == 0 ? stem : 4 * planes[layer - 1]
            return try (0..<depths[layer]).map { i in
                try Bottleneck(
                    w / "layer\(layer + 1)" / i,
                    from: i == 0 ? before : 4 * planes[layer],
                    planes: planes[layer],
                    stride: i == 0 && layer > 0 ? 2 : 1
                )
            }
        }
    }

    /// Picture (B, H, W, 3) -> what the last three layers give, at an 8th, a 16th and a 32nd of the size.
    func callAsFunction(_ image: Tensor) -> [Tensor] {
        var x = bn1(conv1(image)).relu().maxPooled(kernel: 3, stride: 2, padding: 1)
        var maps: [Tensor] = []
        for layer in layers {
            for block in layer { x = block(x) }
            maps.append(x)
        }
        return Array(maps.dropFirst())
    }
}

/// torchvision: models/resnet.py::Bottleneck
struct Bottleneck: Sendable {
    let conv1, conv2, conv3: Conv2d
    let bn1, bn2, bn3: BatchNorm
    let downsample: Downsample?

    init(_ w: Weights, from cIn: Int, planes: Int, stride: Int) throws {
        conv1 = try Conv2d(w / "conv1", from: cIn, to: planes, kernel: 1, bias: false)
        bn1 = try BatchNorm(w / "bn1", channels: planes)
        conv2 = try Conv2d(w / "conv2", from: planes, to: planes, kernel: 3, stride: stride, bias: false)
        bn2 = try BatchNorm(w / "bn2", channels: planes)
        conv3 = try Conv2d(w / "conv3", from: planes, to: 4 * planes, kernel: 1, bias: false)
        bn3 = try BatchNorm(w / "bn3", channels: 4 * planes)
        downsample =
            stride == 1 && cIn == 4 * planes
            ? nil : try Downsample(w / "downsample", from: cIn, to: 4 * planes, stride: stride)
    }

    /// (B, H, W, Cin) -> (B, H / stride, W / stride, 4 planes)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let h = bn3(conv3(bn2(conv2(bn1(conv1(x)).relu())).relu()))
        return ((downsample?(x) ?? x) + h).relu()
    }
}
