import Kernels
import Tensors

/// insightface: recognition/arcface_torch/backbones/iresnet.py::IResNet, the network that tells whose face it is.
///
/// Its tensors have PyTorch's names: `conv1`, `bn1`, `prelu`, `layer<n>.<i>...`, `bn2`, `fc`, `features`.
public struct IResNet: Sendable {
    public let config: Config
    let conv1: Conv2d
    let bn1, bn2: BatchNorm
    let prelu: PReLU
    /// Of the four stages, one after the other.
    let blocks: [IBasicBlock]
    let fc: Linear
    let features: BatchNorm

    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        conv1 = try Conv2d(w / "conv1", from: 3, to: config.stemWidth, kernel: 3, bias: false)
        bn1 = try BatchNorm(w / "bn1", channels: config.stemWidth)
        prelu = try PReLU(w / "prelu", channels: config.stemWidth)
        var blocks: [IBasicBlock] = []
        var width = config.stemWidth
        for (stage, (depth, newWidth)) in zip(config.depths, config.widths).enumerated() {
            for i in 0..<depth {
                blocks.append(
                    try IBasicBlock(w / "layer\(stage + 1)" / i, from: width, to: newWidth, stride: i == 0 ? 2 : 1)
                )
                width = newWidth
            }
        }
        self.blocks = blocks
        bn2 = try BatchNorm(w / "bn2", channels: width)
        fc = try Linear(w / "fc", from: width * config.grid * config.grid, to: config.features)
        features = try BatchNorm(w / "features", channels: config.features)
    }

    /// An aligned face (B, 3, 112, 112), red first, in -1...1 -> (B, 512), not normalised.
    public func callAsFunction(_ image: Tensor) -> Tensor {
        let (B, _, H, W) = image.shape4
        require(
            H == config.imageSize && W == config.imageSize,
            "\(image.shape) is not \(config.imageSize) on each side"
        )
        var x = prelu(bn1(conv1(image.channelsLast())))
        for block in blocks { x = block(x) }
        // Positions are flattened in the order of files.
        x = bn2(x).channelsFirst()
        return features(fc(x.reshaped([B, x.count / max(1, B)])))
    }
}
