import Kernels
import Tensors

/// OFT as PEFT and OneTrainer write it: the layer's inputs, kernel and all, are rotated in blocks, each given by the
/// numbers above the diagonal of a skew-symmetric Q.
///
/// PEFT: tuners/oft/layer.py; OneTrainer: modules/module/LoRAModule.py
struct InputRotation: LayerUpdate {
    let kind = "OFT"
    /// (K, n (n - 1) / 2); one row where all blocks are the same.
    private let vectors: LoRATensor
    private let isScaled: Bool
    private let neumannTerms: Int?
    /// Its files name layers with underscores.
    private let isOneTrainer: Bool

    /// - Throws: `LoRAError.badNumber`, `.unsupported`
    init?(_ tensors: inout LoRATensors) throws {
        guard let vectors = tensors.take(.oftVectors) else { return nil }
        self.vectors = vectors
        isScaled = try tensors.take(.isScaledOFT).map { try $0.finiteNumber() != 0 } ?? false
        isOneTrainer = tensors.layer.hasPrefix("lora_")
        neumannTerms = try tensors.settings.map { try $0.neumannTerms } ?? PEFTSettings.usualNeumannTerms
        _ = tensors.take(.alpha)
    }

    var tensors: [LoRATensor] { [vectors] }

    /// n of n (n - 1) / 2 numbers; nil where they are no triangle.
    private var size: Int? {
        guard vectors.shape.count == 2, vectors.shape[0] > 0, vectors.shape[1] < 1 << 40 else { return nil }
        let count = vectors.shape[1]
        let n = Int((Double(8 * count + 1).squareRoot() + 1) / 2)
        return n * (n - 1) / 2 == count && n > 1 ? n : nil
    }

    func fits(_ layer: LayerShapes) -> Bool {
        guard layer.isMatrix, let n = size, layer.columns % n == 0 else { return false }
        return vectors.shape[0] == layer.columns / n || vectors.shape[0] == 1
    }

    func weight(_ W: Tensor, scale s: Float) throws -> Tensor {
        guard let n = size else { return W }
        let columns = W.shape.dropFirst().reduce(1, *)
        // OneTrainer's convolutions multiply by R and not by its transpose.
        let isTransposed = isOneTrainer && W.rank > 2
        let length = vectors.shape[1]
        // OneTrainer's `scaled_oft`.
        let divisor = isScaled ? 2 * Double(n - 1).squareRoot() : 1
        let values = try vectors().values.map { Double($0) / divisor }
        let given = stride(from: 0, to: values.count, by: length).map { start in
            let R = rotation(SquareMatrix(upperTriangle: values[start..<start + length], size: n)).weakened(to: s)
            return isTransposed ? R.transposed : R
        }
        let blocks = BlockDiagonal(given, repeated: given.count == 1 ? columns / n : 1)
        let rotated = ComputedMatrix.whole(of: W) { W in
            blocks(W.reshaped([W.shape[0], columns]).transposed()).transposed()
        }
        return Tensor(rotated, shape: W.shape)
    }

    private func rotation(_ Q: SquareMatrix) -> SquareMatrix {
        guard let terms = neumannTerms else { return (Q * -1).cayley }
        // I + 2 Q + 2 Q² + ..., the last term once.
        var R = SquareMatrix.identity(Q.size)
        guard terms > 1 else { return R }
        R = R + Q * 2
        guard terms > 2 else { return R }
        var power = Q * Q
        R = R + power * 2
        for _ in 3..<max(3, terms - 1) {
            power = power * Q
            R = R + power * 2
        }
        return R + power * Q
    }
}
