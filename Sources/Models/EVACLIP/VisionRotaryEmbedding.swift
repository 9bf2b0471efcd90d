import Elementary
import Tensors

/// PuLID: eva_clip/rope.py::VisionRotaryEmbeddingFast
///
/// The first half of each head turns with a patch's row, the second half with its column; the class token does not
/// turn. Positions are those of a 16 x 16 grid stretched over the real one.
struct VisionRotaryEmbedding: Sendable {
    /// One row for each token, the class token's first: (1 + patches, width); each head has the same.
    let cosines, sines: Tensor

    /// Tables that a checkpoint holds are taken from it, as the reference does: in a checkpoint of 16-bit floats they
    /// are rounded, and the features with them.
    init(_ w: Weights, _ config: EVAVisionTransformer.Config) throws {
        let shape = [config.grid * config.grid, config.headWidth]
        let angles = Self.angles(grid: config.grid, headWidth: config.headWidth)
        func table(_ name: String, _ function: (Float) -> Float, atRest: Float) throws -> Tensor {
            let patches =
                w.contains(name)
                ? try w.tensor(name, shape: shape, initial: .zeros)
                : Tensor(angles.map(function), shape: shape)
            let tokens = Tensor.concatenated(
                [Tensor(repeating: atRest, shape: [1, config.headWidth]), patches],
                axis: 0
            )
            return .concatenated(Array(repeating: tokens, count: config.heads), axis: 1)
        }
        cosines = try table("freqs_cos", Float.cos, atRest: 1)
        sines = try table("freqs_sin", Float.sin, atRest: 0)
    }

    /// q or k (B, 1 + patches, width), turned.
    func callAsFunction(_ x: Tensor) -> Tensor { x.rotatedPairs(cosines: cosines, sines: sines) }

    /// Radians, patches one after the other; in 32-bit floats throughout, as the reference.
    private static func angles(grid: Int, headWidth: Int) -> [Float] {
        let pretrainedGrid: Float = 16
        let half = headWidth / 2
        let frequencies = stride(from: 0, to: half, by: 2).map { 1 / Float.pow(10000, Float($0) / Float(half)) }
        let lines = (0..<grid).map { i in
            let position = Float(i) / Float(grid) * pretrainedGrid
            return frequencies.flatMap { [position * $0, position * $0] }
        }
        return lines.flatMap { row in lines.flatMap { column in row + column } }
    }
}
