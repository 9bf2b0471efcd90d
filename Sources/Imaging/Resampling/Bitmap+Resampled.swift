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
        let across = newWidth == width ? self : resampledAcross(.pillowLanczos(from: width, to: newWidth))
        return newHeight == height ? across : across.resampledDown(.pillowLanczos(from: height, to: newHeight))
    }

    private func resampledAcross(_ filter: AxisFilter<Int32>) -> Bitmap {
        Bitmap(width: filter.count, height: height) { y, sums in
            self.filter(y, by: filter, from: half, into: sums)
        }
    }

    private func resampledDown(_ filter: AxisFilter<Int32>) -> Bitmap {
        let stride = width * 3
        return Bitmap(width: width, height: filter.count) { y, sums in
            for i in 0..<stride { sums[i] = half }
            for tap in filter.taps(y) {
                let (row, weight) = (filter.indices[tap] * stride, filter.weights[tap])
                for i in 0..<stride { sums[i] &+= weight &* Int32(pixels[row + i]) }
            }
        }
    }

    /// - Parameter fill: puts in the sums of a row, in units of 2^-22
    private init(width: Int, height: Int, _ fill: (_ y: Int, UnsafeMutablePointer<Int32>) -> Void) {
        let stride = width * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: height * stride) { result, count in
            withoutActuallyEscaping(fill) { fill in
                guard let result = result.baseAddress else { return }
                Parallel.forRanges(height, grain: 16) { band in
                    withUnsafeTemporaryAllocation(of: Int32.self, capacity: stride) { sums in
                        guard let sums = sums.baseAddress else { return }
                        for y in band {
                            fill(y, sums)
                            for i in 0..<stride { result[y * stride + i] = UInt8(clamping: sums[i] >> bits) }
                        }
                    }
                }
            }
            count = height * stride
        }
        self.init(width: width, height: height, pixels: pixels)
    }
}

private let bits = 22
private let half: Int32 = 1 << (bits - 1)

extension AxisFilter<Int32> {
    /// In units of 2^-22; those of a position add up to one, so that no sum leaves 32 bits.
    fileprivate static func pillowLanczos(from input: Int, to output: Int) -> Self {
        let lobes = 3.0
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : Double.sin(x * .pi) / (x * .pi) }
        func window(_ x: Double) -> Double { x >= -lobes && x < lobes ? sinc(x) * sinc(x / lobes) : 0 }
        let scale = Double(input) / Double(output)
        let stretch = max(scale, 1)
        let support = lobes * stretch
        return Self(from: input, to: output) { position in
            let center = (Double(position) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let last = min(input, Int(center + support + 0.5))
            let values = (first..<last).map { window((Double($0) - center + 0.5) * (1 / stretch)) }
            let sum = values.reduce(0, +)
            let weights = values.map { value in
                let share = value / sum * Double(1 << bits)
                return Int32(share < 0 ? share - 0.5 : share + 0.5)
            }
            return (first, weights)
        }
    }
}
