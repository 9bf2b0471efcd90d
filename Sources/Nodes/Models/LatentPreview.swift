import Graph
import Models
import Tensors

/// Shows a latent as a small picture: each position becomes a pixel, by a linear map from the latent's channels to red,
/// green and blue.
///
/// The map is fitted to the model's own VAE by least squares: it is what leads best from the latents of even patches of
/// 27 colours back to these colours. It knows nothing of shapes and surfaces, so a preview has a picture's colours and
/// not its detail.
struct LatentPreview: Sendable {
    /// For red, green and blue: a weight for each channel, and what is added.
    private let rows: [[Float]]

    init(_ vae: AutoencoderKL) {
        let factor = vae.config.downscale
        // Patches of several positions, of which the inner ones alone count: at its edges the VAE mixes colours.
        let (columns, lines, patch) = (9, 3, 6)
        let (width, height) = (columns * patch * factor, lines * patch * factor)
        func colour(_ number: Int) -> [Float] {
            [number % 3, number / 3 % 3, number / 9].map { Float($0) - 1 }
        }
        var pixels = [Float](repeating: 0, count: 3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let colour = colour(x / (patch * factor) + columns * (y / (patch * factor)))
                for channel in 0..<3 { pixels[(channel * height + y) * width + x] = colour[channel] }
            }
        }
        let latent = vae.config.scaled(vae.encode(Tensor(pixels, shape: [1, 3, height, width])).mode)
        let (channels, w) = (latent.shape[1], latent.shape[3])
        let values = latent.values
        var seen: [(latent: [Double], colour: [Float])] = []
        for number in 0..<columns * lines {
            for (y, x) in [(2, 2), (2, 3), (3, 2), (3, 3)] {
                let place = (number / columns * patch + y) * w + number % columns * patch + x
                let plane = latent.shape[2] * w
                let vector = (0..<channels).map { Double(values[$0 * plane + place]) } + [1]
                seen.append((vector, colour(number)))
            }
        }
        rows = (0..<3).map { channel in
            Self.fitted(seen.map { ($0.latent, Double($0.colour[channel])) }, unknowns: channels + 1).map { Float($0) }
        }
    }

    /// The weights for which the sum of squares is least, a little kept from growing without bound.
    private static func fitted(_ seen: [(vector: [Double], value: Double)], unknowns n: Int) -> [Double] {
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: n + 1), count: n)
        for (vector, value) in seen {
            for i in 0..<n {
                for j in 0..<n { matrix[i][j] += vector[i] * vector[j] }
                matrix[i][n] += vector[i] * value
            }
        }
        for i in 0..<n { matrix[i][i] += 1e-3 }
        // Gauss; the matrix is positive, so no rows need to be exchanged.
        for i in 0..<n {
            for row in 0..<n where row != i {
                let share = matrix[row][i] / matrix[i][i]
                for column in i...n { matrix[row][column] -= share * matrix[i][column] }
            }
        }
        return (0..<n).map { matrix[$0][n] / matrix[$0][$0] }
    }

    /// - Parameter latent: (1, h, w, channels), scaled as the UNet sees it
    func picture(of latent: Tensor) -> PreviewPicture {
        let (height, width, channels) = (latent.shape[1], latent.shape[2], latent.shape[3])
        let values = latent.values
        var pixels: [UInt8] = []
        pixels.reserveCapacity(3 * width * height)
        for place in 0..<width * height {
            for row in rows {
                var sum = row[channels]
                for channel in 0..<channels { sum += row[channel] * values[place * channels + channel] }
                let level = ((sum + 1) * 127.5).rounded()
                pixels.append(level.isNaN ? 0 : UInt8(min(255, max(0, level))))
            }
        }
        return PreviewPicture(width: width, height: height, pixels: pixels)
    }
}
