import Tensors

extension Tensor {
    /// (B, H, W, C) -> (B, 1, 1, C): the mean over a picture.
    func meanOfPixels() -> Tensor {
        let (B, H, W, C) = shape4
        return reshaped([B, H * W, C]).meanOfMiddle().reshaped([B, 1, 1, C])
    }

    /// (B, 1, 1, C) -> (B, height, width, C): the same everywhere.
    func repeatedOverPixels(height: Int, width: Int) -> Tensor {
        let (B, _, _, C) = shape4
        return reshaped([B, 1, C]).repeatedAlongMiddle(height * width).reshaped([B, height, width, C])
    }
}

/// facexlib: parsing/bisenet.py::AttentionRefinementModule
struct AttentionRefinementModule: Sendable {
    let conv: ConvBNReLU
    let convAtten: Conv2d
    let bnAtten: BatchNorm

    init(_ w: Weights, from cIn: Int, to cOut: Int) throws {
        conv = try ConvBNReLU(w / "conv", from: cIn, to: cOut)
        convAtten = try Conv2d(w / "conv_atten", from: cOut, to: cOut, kernel: 1, bias: false)
        bnAtten = try BatchNorm(w / "bn_atten", channels: cOut)
    }

    /// (B, H, W, Cin) -> (B, H, W, Cout)
    func callAsFunction(_ x: Tensor) -> Tensor {
        let features = conv(x)
        let (_, H, W, _) = features.shape4
        let attention = bnAtten(convAtten(features.meanOfPixels())).sigmoid()
        return features * attention.repeatedOverPixels(height: H, width: W)
    }
}

/// facexlib: parsing/bisenet.py::FeatureFusionModule
struct FeatureFusionModule: Sendable {
    let convblk: ConvBNReLU
    let conv1, conv2: Conv2d

    init(_ w: Weights, from cIn: Int, to cOut: Int) throws {
        convblk = try ConvBNReLU(w / "convblk", from: cIn, to: cOut, kernel: 1)
        conv1 = try Conv2d(w / "conv1", from: cOut, to: cOut / 4, kernel: 1, bias: false)
        conv2 = try Conv2d(w / "conv2", from: cOut / 4, to: cOut, kernel: 1, bias: false)
    }

    /// Two feature maps of one size (B, H, W, ...) -> (B, H, W, Cout)
    func callAsFunction(_ spatial: Tensor, _ context: Tensor) -> Tensor {
        let features = convblk(.concatenated([spatial, context], axis: 3))
        let (_, H, W, _) = features.shape4
        let attention = conv2(conv1(features.meanOfPixels()).relu()).sigmoid()
        return features * attention.repeatedOverPixels(height: H, width: W) + features
    }
}
