import Elementary
import Kernels

extension Bitmap {
    /// The picture at another size by a Lanczos window of three lobes that is widened when it shrinks, so that nothing
    /// glitters: bit for bit what Pillow makes of bytes (Image.resize, LANCZOS). Both sides must be positive.
    ///
    /// Pillow: src/libImaging/Resample.c
    public func resampled(width newWidth: Int, height newHeight: Int) -> Bitmap {
        require(newWidth > 0 && newHeight > 0, "\(newWidth)x\(newHeight) is not positive")
        // Pillow leaves out a direction that needs nothing.
        let across = newWidth == width ? self : resampledAcross(ResamplingTaps(from: width, to: newWidth))
        return newHeight == height ? across : across.resampledDown(ResamplingTaps(from: height, to: newHeight))
    }

    private func resampledAcross(_ taps: ResamplingTaps) -> Bitmap {
        let newWidth = taps.firsts.count
        let result = [UInt8](unsafeUninitializedCapacity: newWidth * height * 3) { result, count in
            pixels.withUnsafeBufferPointer { pixels in
                Parallel.forRanges(height, grain: 16) { band in
                    for y in band {
                        for x in 0..<newWidth {
                            var sum = SIMD4<Int32>(repeating: ResamplingTaps.half)
                            var pixel = (y * width + taps.firsts[x]) * 3
                            for tap in taps.range(x) {
                                let color = SIMD4(
                                    Int32(pixels[pixel]),
                                    Int32(pixels[pixel + 1]),
                                    Int32(pixels[pixel + 2]),
                                    0
                                )
                                sum &+= taps.weights[tap] &* color
                                pixel += 3
                            }
                            for channel in 0..<3 {
                                result[(y * newWidth + x) * 3 + channel] = ResamplingTaps.byte(sum[channel])
                            }
                        }
                    }
                }
            }
            count = newWidth * height * 3
        }
        return Bitmap(width: newWidth, height: height, pixels: result)
    }

    private func resampledDown(_ taps: ResamplingTaps) -> Bitmap {
        let (newHeight, stride) = (taps.firsts.count, width * 3)
        let result = [UInt8](unsafeUninitializedCapacity: newHeight * stride) { result, count in
            pixels.withUnsafeBufferPointer { pixels in
                Parallel.forRanges(newHeight, grain: 16) { band in
                    var sums = [Int32](repeating: 0, count: stride)
                    for y in band {
                        for i in 0..<stride { sums[i] = ResamplingTaps.half }
                        var row = taps.firsts[y] * stride
                        for tap in taps.range(y) {
                            let weight = taps.weights[tap]
                            for i in 0..<stride { sums[i] &+= weight &* Int32(pixels[row + i]) }
                            row += stride
                        }
                        for i in 0..<stride { result[y * stride + i] = ResamplingTaps.byte(sums[i]) }
                    }
                }
            }
            count = newHeight * stride
        }
        return Bitmap(width: width, height: newHeight, pixels: result)
    }
}

/// What each position of one axis is mixed from.
private struct ResamplingTaps: Sendable {
    /// By position: the first pixel.
    private(set) var firsts: [Int] = []
    /// By position: where its weights begin; and where the last ones end.
    private var starts: [Int] = [0]
    /// In units of 2^-22; those of a position add up to one, so that no sum leaves 32 bits.
    private(set) var weights: [Int32] = []

    private static let bits = 22
    static let half: Int32 = 1 << (bits - 1)
    private static let lobes = 3.0

    init(from input: Int, to output: Int) {
        let scale = Double(input) / Double(output)
        let stretch = max(scale, 1)
        let support = Self.lobes * stretch
        for position in 0..<output {
            let center = (Double(position) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let last = min(input, Int(center + support + 0.5))
            let values = (first..<last).map { Self.window((Double($0) - center + 0.5) * (1 / stretch)) }
            let sum = values.reduce(0, +)
            firsts.append(first)
            weights += values.map { value in
                let share = value / sum * Double(1 << Self.bits)
                return Int32(share < 0 ? share - 0.5 : share + 0.5)
            }
            starts.append(weights.count)
        }
    }

    func range(_ position: Int) -> Range<Int> { starts[position]..<starts[position + 1] }

    static func byte(_ sum: Int32) -> UInt8 { UInt8(clamping: sum >> bits) }

    private static func window(_ x: Double) -> Double {
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : Double.sin(x * .pi) / (x * .pi) }
        return x >= -lobes && x < lobes ? sinc(x) * sinc(x / lobes) : 0
    }
}
