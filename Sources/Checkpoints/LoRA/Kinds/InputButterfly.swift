import Kernels
import Tensors

/// BOFT as PEFT writes it: the layer's inputs, kernel and all, are rotated in stages, with each of which what lies twice
/// as far apart meets; then the outputs are scaled.
///
/// PEFT: tuners/boft/layer.py
struct InputButterfly: LayerUpdate {
    let kind = "BOFT"
    /// (stages, K, b, b)
    private let blocks: LoRATensor
    private let scale: LoRATensor?

    init?(_ tensors: inout LoRATensors) {
        guard let blocks = tensors.take(.boftBlocks) else { return nil }
        self.blocks = blocks
        scale = tensors.take(.boftScale)
    }

    var tensors: [LoRATensor] { [blocks] + (scale.map { [$0] } ?? []) }

    func fits(_ layer: LayerShapes) -> Bool {
        guard layer.isMatrix, blocks.shape.count == 4, !blocks.shape.contains(0) else { return false }
        let (stages, K, b) = (blocks.shape[0], blocks.shape[1], blocks.shape[2])
        guard blocks.shape[3] == b, [K, b].clampedProduct == layer.columns,
            scale.map({ $0.count == layer.out }) ?? true
        else { return false }
        return b % 2 == 0 && stages < 32 && layer.columns % (b << (stages - 1)) == 0
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        let (out, columns) = (W.shape[0], W.shape.dropFirst().reduce(1, *))
        let (stages, K, b) = (blocks.shape[0], blocks.shape[1], blocks.shape[2])
        let values = try blocks().values.map(Double.init)
        let rotations = (0..<stages).map { stage in
            BlockDiagonal(
                (0..<K).map { block in
                    let start = (stage * K + block) * b * b
                    return (SquareMatrix(skewOf: Array(values[start..<start + b * b]), size: b) * -0.5).cayley
                }
            )
        }
        let lengths = try scale?().reshaped([out, 1])
        let rotated = ComputedMatrix.whole(of: W) { W in
            var inputs = W.reshaped([out, columns]).transposed()
            for (stage, rotation) in rotations.enumerated() {
                let order = Self.chunksEvenFirst(columns, chunk: b / 2, group: b << stage)
                inputs = rotation(inputs.rows(at: order)).rows(at: order.inverse)
            }
            return lengths.map(inputs.transposed().multipliedByColumn) ?? inputs.transposed()
        }
        return Tensor(.between(W.computed, rotated, s: s), shape: W.shape)
    }

    /// For each place the row that comes there: within groups, chunks of even number before those of odd.
    private static func chunksEvenFirst(_ count: Int, chunk: Int, group: Int) -> [Int] {
        stride(from: 0, to: count, by: group).flatMap { start in
            [start, start + chunk].flatMap { first in
                stride(from: first, to: start + group, by: 2 * chunk).flatMap { $0..<$0 + chunk }
            }
        }
    }
}
