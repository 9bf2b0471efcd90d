import Tensors

/// A prompt as SDXL's UNet sees it, and what it is guided away from.
public struct SDXLPrompt: Sendable {
    /// (B, T, 768 + 1280); T is 77, or a multiple of it for a prompt in several sequences
    public let embeds: Tensor
    /// (B, 1280)
    public let pooled: Tensor
    /// As `embeds`.
    public let negativeEmbeds: Tensor
    /// As `pooled`.
    public let negativePooled: Tensor
}
