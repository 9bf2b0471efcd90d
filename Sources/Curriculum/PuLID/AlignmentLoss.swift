import Kernels
import Models
import Tensors
import Training

/// PuLID, equations 3 to 5: how far an identity moves what the UNet's cross-attentions ask from what they ask without it,
/// for the same prompt and the same noise.
///
/// The paper's norms are taken as means of squares over the numbers of each, and averaged over layers and steps; the
/// norms to the letter are reported beside them.
public struct AlignmentLoss: Hashable, Sendable {
    /// lambda_align-sem and lambda_align-layout.
    public var semantic: Float
    public var layout: Float

    public init(semantic: Float = 0.6, layout: Float = 0.1) { (self.semantic, self.layout) = (semantic, layout) }

    /// - Parameters:
    ///   - tracked: with the identity, in all layers and steps
    ///   - constant: without it
    package func callAsFunction(_ tracked: [AttentionRecorder.Entry], from constant: [AttentionRecorder.Entry])
        -> SampleLoss
    {
        require(
            tracked.map(\.attention) == constant.map(\.attention) && !tracked.isEmpty,
            "two paths through other attentions"
        )
        let pairs = zip(tracked, constant)
        let semantics = Distances(pairs.map { $0.responses - $1.responses.detached() })
        let layouts = Distances(pairs.map { $0.query - $1.query.detached() })
        return SampleLoss(
            semantics.meanSquare * semantic + layouts.meanSquare * layout,
            terms: [
                "semantic": semantics.meanSquare.values[0], "layout": layouts.meanSquare.values[0],
                "semantic norm": semantics.norm, "layout norm": layouts.norm,
            ]
        )
    }
}

extension AttentionRecorder.Entry {
    /// Attention(K, Q, Q) = softmax(K Q^T / sqrt d) Q: what each word finds in the picture, (B, T, C).
    fileprivate var responses: Tensor { scaledDotProductAttention(key, query, query, heads: heads) }
}

/// Differences in several layers and steps.
private struct Distances {
    /// Over the numbers of each, then over all; (1)
    let meanSquare: Tensor
    /// The Euclidean norm of one picture's difference, its mean over pictures and all.
    let norm: Float

    init(_ differences: [Tensor]) {
        let squares = differences.map { $0 * $0 }
        meanSquare = squares.map { $0.mean() }.reduce(.zeros([1]), +) / Float(differences.count)
        let norms = squares.map { square in
            let rows = square.detached().reshaped([square.shape[0], square.count / max(1, square.shape[0])])
            return rows.meanOfLast().values.reduce(0) { $0 + ($1 * Float(rows.shape[1])).squareRoot() }
                / Float(rows.shape[0])
        }
        norm = norms.reduce(0, +) / Float(norms.count)
    }
}
