import Kernels
import Tensors

/// What may happen to an aligned face before a network sees it: it is not quite in place, lighter or darker, tinted,
/// blurred as by an autoencoder, noisy.
struct CropAugmentation: Hashable, Sendable {
    /// Pixels on each side of what the network sees.
    let side: Int
    /// Pixels around that on each side, for shifts.
    let margin: Int
    let channels: Int
    /// Leaves pure white as it is: what was painted over.
    var keepsWhite = false

    /// Pixels on each side of a crop as it is kept.
    var keptSide: Int { side + 2 * margin }

    /// Bytes (keptSide, keptSide, channels) -> (side, side, channels) in 0...1
    func callAsFunction(_ bytes: [UInt8], _ random: inout TorchRandomSource) -> [Float] {
        let (left, top) = (random.index(below: 2 * margin + 1), random.index(below: 2 * margin + 1))
        let original = cut(bytes, left: left, top: top)
        var x = original
        for _ in 0..<max(0, random.index(below: 5) - 2) { x = blurred(x) }

        let gain = 0.8 + 0.4 * random.uniform()
        let shifts = (0..<channels).map { _ in 0.1 * random.uniform() - 0.05 }
        let shift = 0.12 * random.uniform() - 0.06
        let noise = random.uniform() < 0.5 ? random.normal(x.count) : []
        let deviation = 0.05 * random.uniform()
        for i in x.indices {
            if keepsWhite, original[i] == 1 {
                x[i] = 1
                continue
            }
            let value = x[i] * gain + shift + shifts[i % channels] + (noise.isEmpty ? 0 : noise[i] * deviation)
            x[i] = min(max(value, 0), 1)
        }
        return x
    }

    /// The middle of a crop as it is.
    func plain(_ bytes: [UInt8]) -> [Float] { cut(bytes, left: margin, top: margin) }

    private func cut(_ bytes: [UInt8], left: Int, top: Int) -> [Float] {
        require(
            bytes.count == keptSide * keptSide * channels,
            "CropAugmentation: \(bytes.count) bytes for \(keptSide)x\(keptSide)"
        )
        return (0..<side).flatMap { y in
            let start = ((top + y) * keptSide + left) * channels
            return bytes[start..<start + side * channels].map { Float($0) / 255 }
        }
    }

    /// By 1/4, 1/2, 1/4 along both axes; edges are extended.
    private func blurred(_ x: [Float]) -> [Float] {
        func pass(_ x: [Float], step: Int, position: (Int) -> Int) -> [Float] {
            x.indices.map { i in
                let at = position(i)
                return 0.25 * x[at > 0 ? i - step : i] + 0.5 * x[i] + 0.25 * x[at < side - 1 ? i + step : i]
            }
        }
        let across = pass(x, step: channels) { $0 / channels % side }
        return pass(across, step: side * channels) { $0 / (side * channels) }
    }
}
