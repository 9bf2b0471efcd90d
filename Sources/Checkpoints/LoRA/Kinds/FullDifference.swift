import Tensors

/// LyCORIS's full and norm: a difference of all of a layer, of its weight and its bias.
///
/// LyCORIS: modules/full.py (`diff`, `diff_b`), modules/norms.py (`w_norm`, `b_norm`); ComfyUI saves LoRAs with the first.
struct FullDifference: LayerUpdate {
    let kind = "difference"
    private let ofWeight: LoRATensor?
    private let ofBias: LoRATensor?

    init?(_ tensors: inout LoRATensors, weight: LoRAPart, bias: LoRAPart) {
        (ofWeight, ofBias) = (tensors.take(weight), tensors.take(bias))
        if ofWeight == nil, ofBias == nil { return nil }
    }

    var changesWeight: Bool { ofWeight != nil }
    func changesBias(of layer: LayerShapes) -> Bool { ofBias != nil }
    var tensors: [LoRATensor] { [ofWeight, ofBias].compactMap(\.self) }

    func fits(_ layer: LayerShapes) -> Bool {
        (ofWeight.map { $0.shape == layer.weight } ?? true) && (ofBias.map { $0.shape == layer.bias } ?? true)
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        try ofWeight.map { try Tensor(.sum(W.computed, .scaled($0().computed, by: .all(s))), shape: W.shape) } ?? W
    }
    func bias(_ b: Tensor, of layer: LayerShapes, scale s: Float) throws -> Tensor {
        try ofBias.map { try b + $0() * s } ?? b
    }
}
