/// torch.nn.Linear: weight (out, in), bias (out) unless the layer has none.
public struct Linear: Sendable {
    public let weight: Tensor
    public let bias: Tensor?

    public init(_ w: Weights, from cIn: Int, to cOut: Int, bias hasBias: Bool = true) throws {
        let bound = 1 / Float(max(1, cIn)).squareRoot()
        weight = try w.tensor("weight", shape: [cOut, cIn], initial: .uniform(bound: bound))
        bias = hasBias ? try w.tensor("bias", shape: [cOut], initial: .uniform(bound: bound)) : nil
    }

    /// x (..., in) -> (..., out)
    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias: bias).named(weight.origin) }
}

/// torch.nn.Conv2d with a square kernel over (B, H, W, C). Checkpoints hold its weight as (out, in, k, k).
public struct Conv2d: Sendable {
    /// As stored, (out, in, k, k).
    public let weight: Tensor
    public let bias: Tensor?
    public let stride: Int
    /// Zeros before and after each side.
    public let padding: (before: Int, after: Int)

    /// - Parameter padding: on every side; half the kernel unless given
    public init(
        _ w: Weights,
        from cIn: Int,
        to cOut: Int,
        kernel: Int,
        stride: Int = 1,
        padding: Int? = nil,
        bias hasBias: Bool = true
    ) throws {
        let padding = padding ?? kernel / 2
        try self.init(
            w,
            from: cIn,
            to: cOut,
            kernel: kernel,
            stride: stride,
            padding: (padding, padding),
            bias: hasBias
        )
    }

    public init(
        _ w: Weights,
        from cIn: Int,
        to cOut: Int,
        kernel: Int,
        stride: Int = 1,
        padding: (before: Int, after: Int),
        bias hasBias: Bool = true
    ) throws {
        let bound = 1 / Float(max(1, cIn * kernel * kernel)).squareRoot()
        weight = try w.tensor("weight", shape: [cOut, cIn, kernel, kernel], initial: .uniform(bound: bound))
        bias = hasBias ? try w.tensor("bias", shape: [cOut], initial: .uniform(bound: bound)) : nil
        self.stride = stride
        self.padding = padding
    }

}

/// torch.nn.LayerNorm over the last dimension.
public struct LayerNorm: Sendable {
    public let weight: Tensor
    public let bias: Tensor
    public let eps: Float

    public init(_ w: Weights, channels: Int, eps: Float = 1e-5) throws {
        weight = try w.tensor("weight", shape: [channels], initial: .ones)
        bias = try w.tensor("bias", shape: [channels], initial: .zeros)
        self.eps = eps
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(weight, bias, eps: eps) }
}

/// torch.nn.GroupNorm over (B, ..., C).
public struct GroupNorm: Sendable {
    public let weight: Tensor
    public let bias: Tensor
    public let groups: Int
    public let eps: Float

    public init(_ w: Weights, groups: Int, channels: Int, eps: Float = 1e-5) throws {
        weight = try w.tensor("weight", shape: [channels], initial: .ones)
        bias = try w.tensor("bias", shape: [channels], initial: .zeros)
        self.groups = groups
        self.eps = eps
    }

    /// The normalised x, then SiLU if asked: most of a UNet's norms are followed by it.
    public func callAsFunction(_ x: Tensor, silu: Bool = false) -> Tensor {
        x.groupNorm(weight, bias, groups: groups, eps: eps, silu: silu)
    }
}

/// torch.nn.Embedding: weight (count, channels).
public struct Embedding: Sendable {
    public let weight: Tensor

    public init(_ w: Weights, count: Int, channels: Int) throws {
        weight = try w.tensor("weight", shape: [count, channels], initial: .normal(deviation: 0.02))
    }

    /// Indices -> (indices.count, channels)
    public func callAsFunction(_ indices: [Int]) -> Tensor { weight.rows(at: indices) }
}
