import Elementary
import Kernels

extension Bitmap {
    /// The picture at another size, by Lanczos over 8x8 pixels in whole numbers: bit for bit what OpenCV makes of bytes
    /// (cv2.resize, INTER_LANCZOS4, 11-bit weights). Both sides must be positive.
    ///
    /// A detector's boxes move by tenths of a pixel when its picture is one grey level off.
    public func resizedByLanczos(width newWidth: Int, height newHeight: Int) -> Bitmap {
        require(newWidth > 0 && newHeight > 0, "\(newWidth)x\(newHeight) is not positive")
        if newWidth == width && newHeight == height { return self }
        let across = LanczosTaps(from: width, to: newWidth)
        let down = LanczosTaps(from: height, to: newHeight)
        let stride = newWidth * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: newHeight * stride) { result, count in
            guard let result = result.baseAddress else { return }
            Parallel.forRanges(newHeight, grain: 32) { band in
                // Rows at the new width, in units of 1/2048; as many as one line of the result needs.
                var rows = [Int32](repeating: 0, count: LanczosTaps.count * stride)
                var held = [Int](repeating: -1, count: LanczosTaps.count)
                var sums = [Int32](repeating: 0, count: stride)
                for y in band {
                    for i in 0..<stride { sums[i] = 1 << 21 }
                    for tap in 0..<LanczosTaps.count {
                        let row = down.index(y, tap)
                        let place = row % LanczosTaps.count
                        if held[place] != row {
                            held[place] = row
                            fill(&rows, at: place * stride, fromRow: row, across, count: newWidth)
                        }
                        let weight = down.weights[y * LanczosTaps.count + tap]
                        // With the weights of any place it stays below 2^31.
                        for i in 0..<stride { sums[i] &+= weight &* rows[place * stride + i] }
                    }
                    for i in 0..<stride { result[y * stride + i] = UInt8(clamping: sums[i] >> 22) }
                }
            }
            count = newHeight * stride
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: pixels)
    }

    private func fill(
        _ rows: inout [Int32],
        at start: Int,
        fromRow row: Int,
        _ filter: LanczosTaps,
        count: Int
    ) {
        pixels.withUnsafeBufferPointer { pixels in
            filter.weights.withUnsafeBufferPointer { weights in
                for x in 0..<count {
                    var sum = SIMD4<Int32>()
                    for tap in 0..<LanczosTaps.count {
                        let pixel = (row * width + filter.index(x, tap)) * 3
                        let color = SIMD4(Int32(pixels[pixel]), Int32(pixels[pixel + 1]), Int32(pixels[pixel + 2]), 0)
                        sum &+= weights[x * LanczosTaps.count + tap] &* color
                    }
                    for channel in 0..<3 { rows[start + x * 3 + channel] = sum[channel] }
                }
            }
        }
    }
}

/// What each position of one axis is mixed from: eight neighbours, those outside repeating the last one inside.
private struct LanczosTaps {
    static let count = 8
    private let firsts: [Int]
    private let last: Int
    /// Eight for each position, in units of 1/2048.
    let weights: [Int32]

    /// OpenCV: modules/imgproc/src/resize.cpp, interpolateLanczos4
    init(from input: Int, to output: Int) {
        let scale = Double(input) / Double(output)
        var firsts: [Int] = []
        var weights: [Int32] = []
        for position in 0..<output {
            let source = Float((Double(position) + 0.5) * scale - 0.5)
            let before = source.rounded(.down)
            firsts.append(Int(before) - 3)
            weights += Self.weights(at: source - before)
        }
        self.firsts = firsts
        self.weights = weights
        last = input - 1
    }

    func index(_ position: Int, _ tap: Int) -> Int { min(max(firsts[position] + tap, 0), last) }

    /// The window's values at a place `x` after the fourth of eight pixels, made to add up to one.
    private static func weights(at x: Float) -> [Int32] {
        let half = 0.5.squareRoot()
        // cos and sin of the phase, turned by three eighths for each pixel.
        let turns: [(Double, Double)] = [
            (1, 0), (-half, -half), (0, 1), (half, -half), (-1, 0), (half, half), (0, -1), (-half, half),
        ]
        let phase = -Double(x + 3) * .pi * 0.25
        let (s, c) = (Double.sin(phase), Double.cos(phase))
        let values = turns.enumerated().map { tap, turn -> Float in
            let distance = x + 3 - Float(tap)
            // On a pixel, that pixel alone.
            guard abs(distance) >= 1e-6 else { return 1e30 }
            let y = -Double(distance) * .pi * 0.25
            return Float((turn.0 * s + turn.1 * c) / (y * y))
        }
        let share = 1 / values.reduce(0, +)
        return values.map { Int32(($0 * share * 2048).rounded(.toNearestOrEven)) }
    }
}
