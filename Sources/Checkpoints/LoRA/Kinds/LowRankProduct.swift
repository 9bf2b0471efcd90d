import Kernels
import Tensors

/// LoRA and LoCon: up · down; with a core between them (CP decomposition) up · mid · down.
///
/// Hu et al. 2021, arXiv:2106.09685; LyCORIS: modules/locon.py
struct LowRankProduct: WeightDifference {
    static let kind = "LoRA"
    private let up: LoRATensor
    private let down: LoRATensor
    private let mid: LoRATensor?
    let factor: Float

    init?(_ tensors: inout LoRATensors) throws {
        guard tensors.has(.up) || tensors.has(.down) || tensors.has(.mid) else { return nil }
        up = try tensors.require(.up, of: Self.kind)
        down = try tensors.require(.down, of: Self.kind)
        mid = tensors.take(.mid)
        factor = try tensors.factor(rank: down.shape.first ?? 0)
    }

    var tensors: [LoRATensor] { [up, down] + (mid.map { [$0] } ?? []) }
    var rank: Int? { down.shape.first }

    func fits(_ layer: LayerShapes) -> Bool {
        guard up.shape.count >= 2, down.shape.count >= 2, down.shape[0] > 0 else { return false }
        guard let mid else {
            // A linear layer's matrices may be written as a 1x1 convolution's, and the other way round.
            return up.matrixShape == [layer.out, down.shape[0]] && down.matrixShape[1] == layer.columns
                && (down.shape.count == 2 || down.shape[1] == layer.in)
        }
        return mid.shape.count == 4 && mid.shape[2...] == layer.kernel
            && up.matrixShape == [layer.out, mid.shape[0]] && down.matrixShape == [mid.shape[1], layer.in]
    }

    func product(_ W: Tensor) throws -> ComputedMatrix {
        guard let mid else { return try .product(up.matrix().asStored, down.matrix().asStored) }
        return try mid().tuckerProduct(up.matrix(), down.matrix())
    }
}
