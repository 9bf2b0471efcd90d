import Tensors

/// diffusers: models/resnet.py::ResnetBlock2D
struct ResnetBlock2D: Sendable {
    let norm1: GroupNorm
    let norm2: GroupNorm
    let conv1: Conv2d
    let conv2: Conv2d
    /// Absent in a VAE.
    let timeEmbProj: Linear?
    let convShortcut: Conv2d?

    init(_ w: Weights, from cIn: Int, to cOut: Int, temb cTemb: Int?, groups: Int, eps: Float) throws {
        norm1 = try GroupNorm(w / "norm1", groups: groups, channels: cIn, eps: eps)
        conv1 = try Conv2d(w / "conv1", from: cIn, to: cOut, kernel: 3)
        timeEmbProj = try cTemb.map { try Linear(w / "time_emb_proj", from: $0, to: cOut) }
        norm2 = try GroupNorm(w / "norm2", groups: groups, channels: cOut, eps: eps)
        conv2 = try Conv2d(w / "conv2", from: cOut, to: cOut, kernel: 3)
        convShortcut = cIn == cOut ? nil : try Conv2d(w / "conv_shortcut", from: cIn, to: cOut, kernel: 1)
    }

    /// x (B, H, W, Cin), temb (B, Ct) after SiLU -> (B, H, W, Cout)
    func callAsFunction(_ x: consuming Tensor, temb: Tensor? = nil) -> Tensor {
        let h = conv1(x, after: norm1, adding: temb.flatMap { timeEmbProj?($0) })
        if let convShortcut { x = convShortcut(replacing: consume x) }
        return conv2(h, after: norm2, residual: x)
    }
}
