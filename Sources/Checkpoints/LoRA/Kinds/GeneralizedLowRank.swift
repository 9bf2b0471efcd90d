import Kernels
import Tensors

/// GLoRA: b1 · b2 + W (a1 · a2), where the second acts on the layer's inputs.
///
/// Chavan et al. 2023, arXiv:2306.07967; LyCORIS: modules/glora.py. In files of its first versions the matrices of each
/// product stand the other way round.
struct GeneralizedLowRank: WeightDifference {
    static let kind = "GLoRA"
    /// (in, r) and (r, in): what the weight is multiplied by.
    private let a: (up: LoRATensor, down: LoRATensor)
    /// (out, r) and (r, in * kernel): what is added.
    private let b: (up: LoRATensor, down: LoRATensor)
    let factor: Float

    init?(_ tensors: inout LoRATensors) throws {
        let parts: [LoRAPart] = [.gloraA1, .gloraA2, .gloraB1, .gloraB2]
        guard parts.contains(where: tensors.has) else { return nil }
        let (a1, a2) = (try tensors.require(.gloraA1, of: Self.kind), try tensors.require(.gloraA2, of: Self.kind))
        let (b1, b2) = (try tensors.require(.gloraB1, of: Self.kind), try tensors.require(.gloraB2, of: Self.kind))
        let isOld = !Self.isProduct(a1, a2, b1, b2) && Self.isProduct(a2, a1, b2, b1)
        a = isOld ? (up: a2, down: a1) : (up: a1, down: a2)
        b = isOld ? (up: b2, down: b1) : (up: b1, down: b2)
        factor = try tensors.factor(rank: a.down.shape.first ?? 0)
    }

    /// Whether all meet at the same rank.
    private static func isProduct(_ aUp: LoRATensor, _ aDown: LoRATensor, _ bUp: LoRATensor, _ bDown: LoRATensor)
        -> Bool
    {
        let ranks = [aUp.matrixShape[1], aDown.matrixShape[0], bUp.matrixShape[1], bDown.matrixShape[0]]
        return Set(ranks).count == 1 && aUp.matrixShape[0] == aDown.matrixShape[1]
    }

    var tensors: [LoRATensor] { [a.up, a.down, b.up, b.down] }
    var rank: Int? { a.down.shape.first }

    func fits(_ layer: LayerShapes) -> Bool {
        guard Self.isProduct(a.up, a.down, b.up, b.down), let rank, rank > 0 else { return false }
        return a.up.matrixShape[0] == layer.in && b.up.matrixShape[0] == layer.out
            && b.down.matrixShape[1] == layer.columns
    }

    func product(_ W: Tensor) throws -> ComputedMatrix {
        let (out, inputs) = (W.shape[0], W.shape[1])
        let columns = W.shape.dropFirst().reduce(1, *)
        let (up, down) = try (a.up.matrix(), a.down.matrix())
        let multiplied = ComputedMatrix.whole(of: W) { W in
            // (out, in, taps) -> (out, taps, in) -> (out, in, taps)
            let turned = W.reshaped([out, inputs, columns / max(1, inputs)]).transposed()
            return turned.linear(up.product(down).transposed()).transposed().reshaped([out, columns])
        }
        return try .sum(.product(b.up.matrix().asStored, b.down.matrix().asStored), multiplied)
    }
}
