import Tensors

/// A weight or a bias that was trained itself: s goes from the model's to it.
///
/// PEFT: `modules_to_save` and `bias` of its settings (`base_layer.bias`); ComfyUI: `set_weight`
struct WholeParameter: LayerUpdate {
    let kind = "whole parameter"
    private let newWeight: LoRATensor?
    private let newBias: LoRATensor?

    init?(_ tensors: inout LoRATensors) {
        // Elsewhere, `.weight` and `.bias` are of a model that is no LoRA.
        let isPEFT = tensors.layer.hasPrefix("base_model.model.")
        newWeight = tensors.take(.givenWeight) ?? (isPEFT ? tensors.take(.weight) : nil)
        newBias = tensors.take(.baseBias) ?? (isPEFT ? tensors.take(.bias) : nil)
        if newWeight == nil, newBias == nil { return nil }
    }

    var changesWeight: Bool { newWeight != nil }
    func changesBias(of layer: LayerShapes) -> Bool { newBias != nil }
    var tensors: [LoRATensor] { [newWeight, newBias].compactMap(\.self) }

    func fits(_ layer: LayerShapes) -> Bool {
        (newWeight.map { $0.shape == layer.weight } ?? true) && (newBias.map { $0.shape == layer.bias } ?? true)
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        try newWeight.map { try Tensor(.between(W.computed, $0().computed, s: s), shape: W.shape) } ?? W
    }
    func bias(_ b: Tensor, of layer: LayerShapes, scale s: Float) throws -> Tensor {
        try newBias.map { try b + ($0() - b) * s } ?? b
    }
}
