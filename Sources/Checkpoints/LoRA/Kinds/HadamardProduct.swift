import Kernels
import Tensors

/// LoHa: (w1_a · w1_b) ∘ (w2_a · w2_b), each half perhaps with a core (Tucker decomposition).
///
/// Hyeon-Woo et al. 2022, arXiv:2108.06098; LyCORIS: modules/loha.py, its forward pass. alpha / rank counts once for both
/// halves: its `merge` of version 4.1.3 takes it twice.
struct HadamardProduct: WeightDifference {
    static let kind = "LoHa"
    private let halves: [Half]
    let factor: Float

    private struct Half {
        let a: LoRATensor
        let b: LoRATensor
        let core: LoRATensor?

        func fits(_ layer: LayerShapes) -> Bool {
            guard a.shape.count >= 2, b.shape.count >= 2 else { return false }
            guard let core else {
                return a.matrixShape[0] == layer.out && b.matrixShape == [a.matrixShape[1], layer.columns]
            }
            return core.shape.count == 4 && core.shape[2...] == layer.kernel
                && a.matrixShape == [core.shape[0], layer.out] && b.matrixShape == [core.shape[1], layer.in]
        }

        func product() throws -> ComputedMatrix {
            guard let core else { return try .product(a.matrix().asStored, b.matrix().asStored) }
            return try core().tuckerProduct(a.matrix().transposed(), b.matrix())
        }
    }

    init?(_ tensors: inout LoRATensors) throws {
        let parts: [LoRAPart] = [.hadaW1A, .hadaW1B, .hadaW2A, .hadaW2B, .hadaT1, .hadaT2]
        guard parts.contains(where: tensors.has) else { return nil }
        halves = try [(.hadaW1A, .hadaW1B, .hadaT1), (.hadaW2A, .hadaW2B, .hadaT2)].map {
            (a: LoRAPart, b: LoRAPart, core: LoRAPart) in
            Half(
                a: try tensors.require(a, of: Self.kind),
                b: try tensors.require(b, of: Self.kind),
                core: tensors.take(core)
            )
        }
        factor = try tensors.factor(rank: halves[0].b.shape.first ?? 0)
    }

    var tensors: [LoRATensor] { halves.flatMap { [$0.a, $0.b] + ($0.core.map { [$0] } ?? []) } }
    var rank: Int? { halves[0].b.shape.first }
    func fits(_ layer: LayerShapes) -> Bool { halves.allSatisfy { $0.fits(layer) } }
    func product(_ W: Tensor) throws -> ComputedMatrix {
        try .hadamard(halves[0].product(), halves[1].product())
    }
}
