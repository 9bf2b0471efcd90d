import Tensors

/// Classifier-free guidance: unconditional + scale (conditional - unconditional).
///
/// Ho and Salimans 2022, with the weight as diffusers counts it: 1 is the conditional prediction alone.
public func guided(unconditional: Tensor, conditional: Tensor, scale: Float) -> Tensor {
    unconditional + (conditional - unconditional) * scale
}
