import Tensors

/// Changes a picture as an autoencoder might: it blurs, adds noise and shifts tones a little, each by a random amount.
package struct PictureAugmentation: Hashable, Sendable {
    /// The share of pictures that is blurred.
    private let blurred = 0.6
    /// The largest deviation of the noise, for pictures in -1...1.
    private let noise: Float = 0.1
    /// The largest change of a channel's contrast and brightness.
    private let tone: Float = 0.06

    package init() {}

    /// - Parameters:
    ///   - pixels: (side, side, 3), bytes
    /// - Returns: likewise, in about -1...1
    package func callAsFunction(_ pixels: [UInt8], side: Int, _ random: inout TorchRandomSource) -> [Float] {
        let isBlurred = Double(random.uniform()) < blurred
        let strength = random.uniform() * 0.55
        let deviation = random.uniform() * random.uniform() * noise
        let tones = (0..<6).map { _ in (2 * random.uniform() - 1) * tone }
        let grain = random.normal(pixels.count)
        var picture = pixels.enumerated().map { i, value in
            (Float(value) / 127.5 - 1) * (1 + tones[i % 3]) + tones[3 + i % 3]
        }
        if isBlurred {
            picture = blur(picture, strength, step: 3, length: side)
            picture = blur(picture, strength, step: 3 * side, length: side)
        }
        for i in picture.indices { picture[i] += grain[i] * deviation }
        return picture
    }

    /// Takes `strength` of each value from its two neighbours along one side.
    private func blur(_ picture: [Float], _ strength: Float, step: Int, length: Int) -> [Float] {
        picture.indices.map { i in
            let position = i / step % length
            let before = position > 0 ? picture[i - step] : picture[i]
            let after = position + 1 < length ? picture[i + step] : picture[i]
            return picture[i] * (1 - strength) + (before + after) * (strength / 2)
        }
    }
}
