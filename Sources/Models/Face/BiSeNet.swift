import Kernels
import Tensors

/// facexlib: parsing/bisenet.py::BiSeNet, which tells for each pixel what part of a face it shows.
///
/// Its tensors have the names of parsing_bisenet.pth: `cp...`, `ffm...`, `conv_out...`. Its two further outputs
/// (`conv_out16`, `conv_out32`) serve training alone and are not read.
public struct BiSeNet: Sendable {
    public let config: Config
    let contextPath: ContextPath
    let fusion: FeatureFusionModule
    let conv: ConvBNReLU
    let convOut: Conv2d

    /// - Throws: `WeightsError` for a missing tensor or one of another shape
    public init(_ w: Weights, config: Config) throws {
        self.config = config
        contextPath = try ContextPath(w / "cp", config)
        fusion = try FeatureFusionModule(
            w / "ffm",
            from: config.widths[1] + config.contextWidth,
            to: config.fusionWidth
        )
        conv = try ConvBNReLU(w / "conv_out.conv", from: config.fusionWidth, to: config.headWidth)
        convOut = try Conv2d(
            w / "conv_out.conv_out",
            from: config.headWidth,
            to: config.classes,
            kernel: 1,
            bias: false
        )
        w.ignore { $0.contains("conv_out16.") || $0.contains("conv_out32.") }
    }

    /// Picture (B, 3, H, W), normalised by `ImageNormalization.imageNet` -> logits (B, classes, H, W).
    ///
    /// - Precondition: 32 divides both sides.
    public func callAsFunction(_ image: Tensor) -> Tensor {
        let (_, _, H, W) = image.shape4
        return deciding { logits(image) }.resizedBilinear(height: H, width: W, alignCorners: true)
    }

    /// Likewise -> logits at an 8th of the size, (B, classes, H / 8, W / 8), where the network itself ends.
    package func logits(_ image: Tensor) -> Tensor {
        let (_, _, H, W) = image.shape4
        require(H % 32 == 0 && W % 32 == 0, "32 does not divide the sides of \(image.shape)")
        let (spatial, context) = contextPath(image.channelsLast())
        return convOut(conv(fusion(spatial, context))).channelsFirst()
    }
}

/// facexlib: parsing/bisenet.py::ContextPath
struct ContextPath: Sendable {
    let resnet: ResNet18
    let arm16, arm32: AttentionRefinementModule
    let convHead16, convHead32: ConvBNReLU
    let convAvg: ConvBNReLU

    init(_ w: Weights, _ config: BiSeNet.Config) throws {
        let C = config.contextWidth
        resnet = try ResNet18(w / "resnet", stem: config.stemWidth, widths: config.widths, depths: config.depths)
        arm16 = try AttentionRefinementModule(w / "arm16", from: config.widths[2], to: C)
        arm32 = try AttentionRefinementModule(w / "arm32", from: config.widths[3], to: C)
        convHead16 = try ConvBNReLU(w / "conv_head16", from: C, to: C)
        convHead32 = try ConvBNReLU(w / "conv_head32", from: C, to: C)
        convAvg = try ConvBNReLU(w / "conv_avg", from: config.widths[3], to: C, kernel: 1)
    }

    /// Picture (B, H, W, 3) -> details and context, both at an 8th of the size.
    func callAsFunction(_ image: Tensor) -> (spatial: Tensor, context: Tensor) {
        let (eighth, sixteenth, thirtySecond) = resnet(image)
        let (_, H, W, _) = thirtySecond.shape4
        let whole = convAvg(thirtySecond.meanOfPixels()).repeatedOverPixels(height: H, width: W)
        let low = convHead32((arm32(thirtySecond) + whole).upsampledNearest2x())
        let context = convHead16((arm16(sixteenth) + low).upsampledNearest2x())
        return (eighth, context)
    }
}
