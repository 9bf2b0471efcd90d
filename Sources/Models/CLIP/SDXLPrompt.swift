import Tensors

/// A prompt as SDXL's UNet sees it, and what it is guided away from.
public struct SDXLPrompt: Sendable {
    /// (B, 77, 768 + 1280)
    public let embeds: Tensor
    /// (B, 1280)
    public let pooled: Tensor
    /// As `embeds`.
    public let negativeEmbeds: Tensor
    /// As `pooled`.
    public let negativePooled: Tensor
}
