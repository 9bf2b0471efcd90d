import Tensors

/// (IA)3: each output, or input, of a layer is multiplied by what was learned for it.
///
/// Liu et al. 2022, arXiv:2205.05638; LyCORIS: modules/ia3.py, W (1 + s w); PEFT: tuners/ia3/layer.py, W l and b l, where
/// s goes from 1 to l.
struct ActivationScaling: LayerUpdate {
    let kind = "(IA)3"
    private enum Axis { case out, inputs }
    private let learned: LoRATensor
    /// nil where the shape alone tells.
    private let axis: Axis?
    private let isPEFT: Bool

    /// - Throws: `LoRAError.badNumber`
    init?(_ tensors: inout LoRATensors) throws {
        if let onInput = tensors.take(.onInput) {
            learned = try tensors.require(.weight, of: "(IA)3")
            axis = try onInput.finiteNumber() == 0 ? .out : .inputs
            isPEFT = false
        } else if let vector = tensors.take(.activationScale) {
            learned = vector
            axis = tensors.settings?.isFeedForward(tensors.layer).map { $0 ? .inputs : .out }
            isPEFT = true
        } else {
            return nil
        }
    }

    /// PEFT's are (out, 1) and (1, in) of linear layers, (1, n, 1, 1) of convolutions.
    private func axis(_ layer: LayerShapes) -> Axis {
        if let axis { return axis }
        if learned.shape.count == 2 { return learned.shape[0] == layer.out ? .out : .inputs }
        return learned.count == layer.out ? .out : .inputs
    }

    /// PEFT multiplies what comes out, the bias with it.
    func changesBias(of layer: LayerShapes) -> Bool { isPEFT && layer.bias != nil && axis(layer) == .out }
    var tensors: [LoRATensor] { [learned] }

    func fits(_ layer: LayerShapes) -> Bool {
        layer.isMatrix && learned.count == (axis(layer) == .out ? layer.out : layer.in)
    }

    private func factors(scale s: Float) throws -> [Float] {
        try learned().values.map { 1 + s * (isPEFT ? $0 - 1 : $0) }
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        let factors = try factors(scale: s)
        if axis(LayerShapes(weight: W.shape)) == .out {
            return Tensor(.scaled(W.computed, by: .rows(factors)), shape: W.shape)
        }
        let columns = W.shape.dropFirst().reduce(1, *)
        let taps = columns / max(1, W.shape[1])
        return Tensor(.scaled(W.computed, by: .columns((0..<columns).map { factors[$0 / taps] })), shape: W.shape)
    }

    func bias(_ b: Tensor, of layer: LayerShapes, scale s: Float) throws -> Tensor {
        try b * Tensor(factors(scale: s), shape: b.shape)
    }
}
