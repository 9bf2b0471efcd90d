import Kernels
import Tensors

/// OFT and BOFT as LyCORIS and kohya write them: the layer's outputs are rotated, in blocks; BOFT's in several stages
/// between which they are shuffled as in a fast Fourier transform. Then each is perhaps scaled.
///
/// Qiu et al. 2023, arXiv:2306.07280; Liu et al. 2023, arXiv:2311.06243; LyCORIS: modules/diag_oft.py, boft.py; kohya:
/// networks/oft.py. The alpha is no factor but, times the outputs, the largest norm that all blocks together may have.
struct OutputRotation: LayerUpdate {
    /// (K, n, n), or (stages, K, n, n).
    private let blocks: LoRATensor
    private let rescale: LoRATensor?
    private let alpha: Float?
    private let isKohya: Bool

    /// - Throws: `LoRAError.badNumber`
    init?(_ tensors: inout LoRATensors) throws {
        guard let blocks = tensors.take(.oftBlocks) else { return nil }
        self.blocks = blocks
        rescale = tensors.take(.rescale)
        alpha = try tensors.take(.alpha)?.finiteNumber()
        isKohya = tensors.layer.hasPrefix("oft_unet_")
    }

    private var isButterfly: Bool { blocks.shape.count == 4 }
    var kind: String { isButterfly ? "BOFT" : "OFT" }
    var tensors: [LoRATensor] { [blocks] + (rescale.map { [$0] } ?? []) }

    func fits(_ layer: LayerShapes) -> Bool {
        guard layer.isMatrix, (3...4).contains(blocks.shape.count), !blocks.shape.contains(0) else { return false }
        let (stages, sizes) = (isButterfly ? blocks.shape[0] : 1, Array(blocks.shape.suffix(3)))
        let n = sizes[2]
        guard sizes[1] == n, [sizes[0], n].clampedProduct == layer.out,
            rescale.map({ $0.count == layer.out }) ?? true
        else { return false }
        // Each stage pairs outputs twice as far apart.
        return !isButterfly || (n % 2 == 0 && stages < 32 && layer.out % (n << (stages - 1)) == 0)
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        let (out, isButterfly) = (W.shape[0], isButterfly)
        let rotations = try rotations(out: out, scale: s).map { stage in
            BlockDiagonal(isButterfly ? stage : stage.map(\.transposed))
        }
        let lengths = try rescale?().reshaped([out, 1])
        let rotated = ComputedMatrix.whole(of: W) { W in
            var rows = W.reshaped([out, W.shape.dropFirst().reduce(1, *)])
            for (stage, rotation) in rotations.enumerated() {
                guard isButterfly else {
                    rows = rotation(rows)
                    continue
                }
                let order = Self.shuffled(out, distance: (rotation.size / 2) << stage)
                rows = rotation(rows.rows(at: order)).rows(at: order.inverse)
            }
            return lengths.map(rows.multipliedByColumn) ?? rows
        }
        return Tensor(rotated, shape: W.shape)
    }

    /// The blocks of each stage.
    private func rotations(out: Int, scale s: Float) throws -> [[SquareMatrix]] {
        let n = blocks.shape[blocks.shape.count - 1]
        let values = try blocks().values.map(Double.init)
        let skew = stride(from: 0, to: values.count, by: n * n).map {
            SquareMatrix(skewOf: Array(values[$0..<$0 + n * n]), size: n)
        }
        let norm = skew.reduce(0) { $0 + $1.squaredNorm }.squareRoot()
        let factor = constraint(norm, Double(alpha ?? 0) * Double(out))
        let rotations = skew.map { ($0 * factor).cayley.weakened(to: s) }
        let count = out / n
        return stride(from: 0, to: rotations.count, by: count).map { Array(rotations[$0..<$0 + count]) }
    }

    /// What all blocks are multiplied by, so that their norm stays below a limit. LyCORIS has none where the alpha is 0.
    private func constraint(_ norm: Double, _ limit: Double) -> Double {
        let epsilon = 1e-8
        if isKohya, alpha != nil { return (min(norm, limit) + epsilon) / (norm + epsilon) }
        return limit > 0 && norm + epsilon > limit ? limit / (norm + epsilon) : 1
    }

    /// For each place the row that comes there, so that those `distance` apart are neighbours: (c, 2, h) -> (c, h, 2).
    private static func shuffled(_ count: Int, distance h: Int) -> [Int] {
        (0..<count).map { place in
            let (pair, second) = place.quotientAndRemainder(dividingBy: 2)
            return pair / h * 2 * h + second * h + pair % h
        }
    }
}
