import Imaging
import Models
import Tensors
import Training
import World

/// How far a reconstruction is from its picture: by pixels, by edges, and by colours over patches of 8 x 8 pixels; and
/// how far latents are from standard normal ones. A loss of pixels and edges alone learns light and dark first and gets
/// hues wrong for long.
public struct ReconstructionLoss: Hashable, Sendable {
    /// Of the squares whose mean colours are compared; it divides the pictures' sides.
    public static let patchSide = 8

    /// Of the differences between neighbouring pixels.
    public var edges: Float
    /// Of the patches' mean colours.
    public var colors: Float
    /// Of the pixels' squared differences, which a signal-to-noise ratio counts: all pixels alike.
    public var squares: Float
    /// Of the divergence from the normal distribution, per number of a latent.
    public var divergence: Float
    /// Of the pixels of eyes, brows, nose, mouth and glasses, over that of others: they are few, and tell who it is.
    public var features: Float

    public init(
        edges: Float = 0.3,
        colors: Float = 0.7,
        squares: Float = 0,
        divergence: Float = 5e-4,
        features: Float = 1
    ) {
        (self.edges, self.colors, self.squares) = (edges, colors, squares)
        (self.divergence, self.features) = (divergence, features)
    }

    /// - Parameters:
    ///   - reconstructions: (B, 3, H, W), -1...1
    ///   - pictures: of the same size
    ///   - latents: of the pictures
    func callAsFunction(
        _ reconstructions: Tensor,
        of pictures: [WorldPicture],
        _ latents: DiagonalGaussian
    ) -> SampleLoss {
        let plain = reconstructions - .concatenated(pictures.map(\.bitmap.signed), axis: 0)
        let difference = features == 1 ? plain : plain * weights(pictures)
        let (pixelLoss, edgeLoss) = (difference.magnitude.mean(), difference.edges)
        let colorLoss = difference.patchMeans(side: Self.patchSide).magnitude.mean()
        let divergenceLoss = latents.divergence
        var total = pixelLoss + edgeLoss * edges + colorLoss * colors + divergenceLoss * divergence
        var terms = [
            "pixels": pixelLoss.values[0],
            "edges": edgeLoss.values[0],
            "colors": colorLoss.values[0],
            "divergence": divergenceLoss.values[0],
        ]
        if squares > 0 {
            let squareLoss = (plain * plain).mean()
            total = total + squareLoss * squares
            terms["squares"] = squareLoss.values[0]
        }
        return SampleLoss(total, terms: terms)
    }
}

extension ReconstructionLoss {
    /// Of every pixel, (B, 3, H, W).
    private func weights(_ pictures: [WorldPicture]) -> Tensor {
        let masks = pictures.map { picture in
            let mask = picture.labels.mask(of: Self.facialFeatures)
            let weights = mask.map { $0 ? features : 1 }
            return Tensor(weights + weights + weights, shape: [1, 3, picture.labels.size, picture.labels.size])
        }
        return .concatenated(masks, axis: 0)
    }

    private static let facialFeatures: Set<FaceLabel> = [
        .leftBrow, .rightBrow, .leftEye, .rightEye, .glasses, .nose, .mouth, .upperLip, .lowerLip,
    ]
}

extension Tensor {
    /// |x|
    var magnitude: Tensor { leakyReLU(slope: -1) }

    /// The mean magnitudes of the differences of neighbours across and along, added; (B, C, H, W) -> (1).
    fileprivate var edges: Tensor {
        [2, 3].map { axis in
            let n = shape[axis]
            return (sliced(axis: axis, 1..<n) - sliced(axis: axis, 0..<n - 1)).magnitude.mean()
        }.reduce(.zeros([1]), +)
    }

    /// Of squares of `side` pixels, which divides both sides: (B, C, H, W) -> (B, C, H / side, W / side).
    func patchMeans(side: Int) -> Tensor {
        let (B, C, H, W) = shape4
        let rows = reshaped([B * C * H / side, side, W]).meanOfMiddle()
        return rows.reshaped([rows.count / side, side, 1]).meanOfMiddle().reshaped([B, C, H / side, W / side])
    }
}

extension DiagonalGaussian {
    /// From the standard normal distribution (Kullback and Leibler), the mean over a latent's numbers; (1).
    fileprivate var divergence: Tensor {
        let variance = logVariance.exp()
        return (mean * mean + variance - logVariance + -1).mean() * 0.5
    }
}
