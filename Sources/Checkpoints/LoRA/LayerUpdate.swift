import Tensors

/// The shapes of a layer that a LoRA changes.
struct LayerShapes: Hashable, Sendable {
    /// (out, in), (out, in, height, width), or (channels) of a norm.
    var weight: [Int]?
    var bias: [Int]?

    var out: Int { weight?.first ?? 0 }
    /// How many inputs: channels, not taps.
    var `in`: Int { weight?.dropFirst().first ?? 0 }
    /// All that one output sums over.
    var columns: Int { weight?.dropFirst().reduce(1, *) ?? 0 }
    /// (height, width) of the kernel; empty for a linear layer.
    var kernel: ArraySlice<Int> { weight?.dropFirst(2) ?? [] }
    /// Whether it is a linear layer or a convolution.
    var isMatrix: Bool { (weight?.count ?? 0) >= 2 }
}

/// What one file does to one layer. Each kind of LoRA has a type of its own.
protocol LayerUpdate: Sendable {
    /// What messages call it.
    var kind: String { get }
    var changesWeight: Bool { get }
    func changesBias(of layer: LayerShapes) -> Bool
    /// For messages.
    var tensors: [LoRATensor] { get }
    /// For summaries; nil where it means nothing.
    var rank: Int? { get }
    func fits(_ layer: LayerShapes) -> Bool
    /// W -> W', of the same shape.
    ///
    /// - Parameter s: 1 is as trained, 0 is without
    /// - Throws: `CheckpointError`, `LoRAError`
    func weight(_ W: Tensor, scale s: Float) throws -> Tensor
    /// b -> b'.
    ///
    /// - Throws: `CheckpointError`
    func bias(_ b: Tensor, of layer: LayerShapes, scale s: Float) throws -> Tensor
}

extension LayerUpdate {
    var changesWeight: Bool { true }
    func changesBias(of layer: LayerShapes) -> Bool { false }
    var rank: Int? { nil }
    func weight(_ W: Tensor, scale s: Float) throws -> Tensor { W }
    func bias(_ b: Tensor, of layer: LayerShapes, scale s: Float) throws -> Tensor { b }
}

extension LoRATensors {
    /// All that the tensors of a layer ask for, in the order in which it is done.
    ///
    /// - Throws: `LoRAError`
    mutating func updates() throws -> [any LayerUpdate] {
        var updates: [any LayerUpdate] = []
        while let difference = try WeightDifferenceUpdate(&self) { updates.append(difference) }
        let others: [(any LayerUpdate)?] = [
            FullDifference(&self, weight: .difference, bias: .biasDifference),
            FullDifference(&self, weight: .normDifference, bias: .normBiasDifference),
            try ActivationScaling(&self),
            try OutputRotation(&self),
            try InputRotation(&self),
            InputButterfly(&self),
            WholeParameter(&self),
        ]
        return updates + others.compactMap(\.self)
    }
}
