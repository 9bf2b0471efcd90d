import Tensors
import Training

/// The supervised contrastive loss (Khosla et al. 2020, https://arxiv.org/abs/2004.11362) of pictures of which each two
/// show one person: a picture's own partner should be the nearest of all others.
package struct SupervisedContrast: Hashable, Sendable {
    /// What cosines are divided by.
    package var temperature: Float

    package init(temperature: Float = 0.1) { self.temperature = temperature }

    /// - Parameter embeddings: (2 n, width), not normalised; rows 2 i and 2 i + 1 are of one person
    package func callAsFunction(_ embeddings: Tensor) -> SampleLoss {
        let n = embeddings.shape[0]
        let x = embeddings.l2Normalized()
        let cosines = x.linear(x)
        // No picture is its own partner.
        let itself = Tensor((0..<n * n).map { $0 / n == $0 % n ? -10_000 : 0 }, shape: [n, n])
        let loss = (cosines / temperature + itself).crossEntropy((0..<n).map { $0 ^ 1 }) / Float(max(1, n))
        return SampleLoss(loss, terms: ["contrast": loss.values[0], "found": partnersFound(cosines.values, n)])
    }

    /// The share of pictures whose nearest other is their partner.
    private func partnersFound(_ cosines: [Float], _ n: Int) -> Float {
        let found = (0..<n).filter { row in
            let partner = cosines[row * n + (row ^ 1)]
            return (0..<n).allSatisfy { $0 == row || $0 == row ^ 1 || cosines[row * n + $0] < partner }
        }
        return Float(found.count) / Float(max(1, n))
    }
}
