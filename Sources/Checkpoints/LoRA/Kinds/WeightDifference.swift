import Kernels
import Tensors

/// Kinds that add something to a weight: W' = W + s factor P, with P of the layer's matrix shape (out, in * kernel).
protocol WeightDifference: Sendable {
    static var kind: String { get }
    var tensors: [LoRATensor] { get }
    var rank: Int? { get }
    /// alpha / rank.
    var factor: Float { get }
    func fits(_ layer: LayerShapes) -> Bool
    /// - Parameter W: the layer's weight, of any number of dimensions
    /// - Returns: P, (out, in * kernel)
    /// - Throws: `CheckpointError`
    func product(_ W: Tensor) throws -> ComputedMatrix
}

/// A difference as it stands, or decomposed into direction and length (DoRA).
struct WeightDifferenceUpdate: LayerUpdate {
    private let difference: any WeightDifference
    private let factor: Float
    private let decomposition: WeightDecomposition?
    /// PEFT's `lora_bias`: the bias of the second matrix, which counts as its product does.
    private let bias: LoRATensor?

    /// nil where none of the layer's tensors are of such a kind.
    ///
    /// - Throws: `LoRAError`
    init?(_ tensors: inout LoRATensors) throws {
        let found: (any WeightDifference)? =
            try LowRankProduct(&tensors) ?? HadamardProduct(&tensors) ?? KroneckerProduct(&tensors)
            ?? GeneralizedLowRank(&tensors)
        guard let found else { return nil }
        difference = found
        factor = try found.factor * (tensors.take(.scalar)?.finiteNumber() ?? 1)
        decomposition = WeightDecomposition(&tensors)
        bias = tensors.take(.upBias)
    }

    var kind: String { decomposition == nil ? type(of: difference).kind : WeightDecomposition.kind }
    func changesBias(of layer: LayerShapes) -> Bool { bias != nil }
    var tensors: [LoRATensor] { difference.tensors + [decomposition?.magnitude, bias].compactMap(\.self) }
    var rank: Int? { difference.rank }

    func fits(_ layer: LayerShapes) -> Bool {
        guard layer.isMatrix, difference.fits(layer), decomposition?.fits(layer) ?? true else { return false }
        return bias.map { $0.shape == layer.bias } ?? true
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        let (base, D) = try (W.computed, difference.product(W))
        guard let decomposition else { return Tensor(.sum(base, .scaled(D, by: .all(s * factor))), shape: W.shape) }
        let scale = try decomposition.scale(Tensor(.sum(base, .scaled(D, by: .all(factor))), shape: W.shape))
        return Tensor(.decomposed(base, difference: D, d: factor, scale: scale, s: s), shape: W.shape)
    }

    func bias(_ b: Tensor, of layer: LayerShapes, scale s: Float) throws -> Tensor {
        try bias.map { try b + $0() * (s * factor) } ?? b
    }
}
