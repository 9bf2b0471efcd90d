import Elementary
import Imaging
import Kernels
import Models
import Tensors
import World

/// Moves the latents of an autoencoder to mean 0 and deviation 1 in each channel, once scaled by its
/// `scaling_factor`, as a diffusion model wants them. The pictures stay the same: what the encoder's last layer does,
/// the decoder's first layer undoes.
struct NormalizedLatents {
    let config: AutoencoderKL.Config
    let pictures: WorldDataset
    /// Pictures that are measured.
    private let count = 512

    /// - Precondition: the autoencoder has `quant_conv` and `post_quant_conv`.
    func callAsFunction(_ weights: [String: Tensor]) throws -> [String: Tensor] {
        let (means, deviations) = try statistics(of: weights)
        let C = config.latentChannels
        var result = weights
        // y = (x - mean) / (deviation * scaling): rows of the means are scaled and shifted, those of the logarithms of
        // variances shifted.
        let scales = deviations.map { 1 / ($0 * config.scalingFactor) }
        result.change("quant_conv.weight") { row, _, value in row < C ? value * scales[row] : value }
        result.change("quant_conv.bias") { row, _, value in
            row < C ? (value - means[row]) * scales[row] : value + 2 * Float.log(scales[row - C])
        }
        // x = y * deviation * scaling + mean
        let matrix = weights["post_quant_conv.weight"]?.values ?? []
        result.change("post_quant_conv.weight") { _, column, value in value / scales[column] }
        result.change("post_quant_conv.bias") { row, _, value in
            value + (0..<C).reduce(0) { $0 + matrix[row * C + $1] * means[$1] }
        }
        return result
    }

    private func statistics(of weights: [String: Tensor]) throws -> (means: [Float], deviations: [Float]) {
        let vae = try AutoencoderKL(Weights(GivenWeights(name: "the VAE", weights)), config: config)
        let C = config.latentChannels
        var (sums, squares, n) = (Array(repeating: 0.0, count: C), Array(repeating: 0.0, count: C), 0)
        for i in 0..<min(count, pictures.count) {
            let latent = vae.encode(pictures[i].bitmap.signed).mode.values
            let area = latent.count / C
            for (j, value) in latent.enumerated() {
                sums[j / area] += Double(value)
                squares[j / area] += Double(value) * Double(value)
            }
            n += area
        }
        let means = sums.map { $0 / Double(n) }
        let deviations = zip(squares, means).map { ($0 / Double(n) - $1 * $1).squareRoot() }
        return (means.map(Float.init), deviations.map(Float.init))
    }
}

extension [String: Tensor] {
    /// Replaces each value of a matrix or, with columns of 0, of a vector.
    fileprivate mutating func change(_ name: String, _ value: (_ row: Int, _ column: Int, Float) -> Float) {
        guard let old = self[name] else { fail("an autoencoder without \(name)") }
        let columns = Swift.max(1, old.count / Swift.max(1, old.shape[0]))
        self[name] = Tensor(
            old.values.enumerated().map { value($0 / columns, $0 % columns, $1) },
            shape: old.shape
        )
    }
}
