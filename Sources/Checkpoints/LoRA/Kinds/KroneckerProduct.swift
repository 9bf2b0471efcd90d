import Kernels
import Tensors

/// LoKr: w1 ⊗ w2, each whole or a product of two; w2 perhaps with a core (Tucker decomposition).
///
/// LyCORIS: modules/lokr.py, its forward pass. How a layer is factorised is read from the tensors.
struct KroneckerProduct: WeightDifference {
    static let kind = "LoKr"
    private let outer: Factor
    private let inner: Factor
    let factor: Float

    private enum Factor {
        case whole(LoRATensor)
        case split(a: LoRATensor, b: LoRATensor)
        case core(LoRATensor, a: LoRATensor, b: LoRATensor)

        var tensors: [LoRATensor] {
            switch self {
            case .whole(let whole): [whole]
            case .split(let a, let b): [a, b]
            case .core(let core, let a, let b): [core, a, b]
            }
        }

        var rank: Int? {
            switch self {
            case .whole: nil
            case .split(_, let b), .core(_, _, let b): b.shape.first
            }
        }

        /// (rows, columns) as a matrix, its kernel in the columns; nil where its tensors do not fit each other.
        var size: (rows: Int, columns: Int)? {
            switch self {
            case .whole(let whole):
                guard whole.shape.count >= 2 else { return nil }
                return (whole.matrixShape[0], whole.matrixShape[1])
            case .split(let a, let b):
                guard a.shape.count >= 2, b.shape.count >= 2, a.matrixShape[1] == b.shape[0] else { return nil }
                return (a.shape[0], b.matrixShape[1])
            case .core(let core, let a, let b):
                guard core.shape.count == 4, a.shape.count == 2, b.shape.count == 2, a.shape[0] == core.shape[0],
                    b.shape[0] == core.shape[1]
                else { return nil }
                return (a.shape[1], [b.shape[1], core.shape[2], core.shape[3]].clampedProduct)
            }
        }

        /// In memory: both factors are far smaller than the layer.
        func matrix() throws -> StoredMatrix {
            switch self {
            case .whole(let whole): return try whole.matrix().asStored
            case .split(let a, let b): return try a.matrix().product(b.matrix()).asStored
            case .core(let core, let a, let b):
                let size = size ?? (0, 0)
                let product = try core().tuckerProduct(a().transposed(), b())
                return Tensor(product, shape: [size.rows, size.columns]).asStored
            }
        }
    }

    init?(_ tensors: inout LoRATensors) throws {
        let parts: [LoRAPart] = [.lokrW1, .lokrW1A, .lokrW1B, .lokrW2, .lokrW2A, .lokrW2B, .lokrT2]
        guard parts.contains(where: tensors.has) else { return nil }
        if let whole = tensors.take(.lokrW1) {
            outer = .whole(whole)
        } else {
            let (a, b) = (
                try tensors.require(.lokrW1A, of: Self.kind), try tensors.require(.lokrW1B, of: Self.kind)
            )
            outer = .split(a: a, b: b)
        }
        if let whole = tensors.take(.lokrW2) {
            inner = .whole(whole)
        } else {
            let (a, b) = (
                try tensors.require(.lokrW2A, of: Self.kind), try tensors.require(.lokrW2B, of: Self.kind)
            )
            inner = tensors.take(.lokrT2).map { .core($0, a: a, b: b) } ?? .split(a: a, b: b)
        }
        if let rank = inner.rank ?? outer.rank {
            factor = try tensors.factor(rank: rank)
        } else {
            // Both whole: the alpha in such a file says nothing, and may be infinite; PEFT's settings count.
            _ = tensors.take(.alpha)
            factor = tensors.settings?.factor(layer: tensors.layer, rank: nil) ?? 1
        }
    }

    var tensors: [LoRATensor] { outer.tensors + inner.tensors }
    var rank: Int? { inner.rank ?? outer.rank }

    func fits(_ layer: LayerShapes) -> Bool {
        guard let outer = outer.size, let inner = inner.size else { return false }
        let taps = layer.kernel.reduce(1, *)
        // The kernel is in the inner factor's columns.
        return [outer.rows, inner.rows].clampedProduct == layer.out
            && [outer.columns, inner.columns].clampedProduct == layer.columns && inner.columns % taps == 0
    }

    func product(_ W: Tensor) throws -> ComputedMatrix { try .kronecker(outer.matrix(), inner.matrix()) }
}
