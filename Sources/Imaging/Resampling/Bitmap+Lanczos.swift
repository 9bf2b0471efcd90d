import Foundation

extension Bitmap {
    /// The picture at another size, by Lanczos over 8x8 pixels in whole numbers: bit for bit what OpenCV makes of bytes
    /// (cv2.resize, INTER_LANCZOS4, 11-bit weights). Both sides must be positive.
    ///
    /// A detector's boxes move by tenths of a pixel when its picture is one grey level off.
    public func resizedByLanczos(width newWidth: Int, height newHeight: Int) -> Bitmap {
        precondition(newWidth > 0 && newHeight > 0, "resizedByLanczos: \(newWidth)x\(newHeight) is not positive")
        if newWidth == width && newHeight == height { return self }
        let across = LanczosTaps(from: width, to: newWidth)
        let down = LanczosTaps(from: height, to: newHeight)
        let stride = newWidth * 3

        // Rows at the new width, in units of 1/2048; as many as one line of the result needs.
        var rows = [Int32](repeating: 0, count: LanczosTaps.count * stride)
        var held = [Int](repeating: -1, count: LanczosTaps.count)
        var result = [UInt8](repeating: 0, count: newHeight * stride)
        for y in 0..<newHeight {
            for tap in 0..<LanczosTaps.count {
                let row = down.index(y, tap)
                guard held[row % LanczosTaps.count] != row else { continue }
                held[row % LanczosTaps.count] = row
                fill(&rows, at: row % LanczosTaps.count * stride, fromRow: row, across, count: newWidth)
            }
            for i in 0..<stride {
                var sum: Int32 = 1 << 21
                for tap in 0..<LanczosTaps.count {
                    sum +=
                        down.weights[y * LanczosTaps.count + tap]
                        * rows[down.index(y, tap) % LanczosTaps.count * stride + i]
                }
                result[y * stride + i] = UInt8(clamping: sum >> 22)
            }
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: result)
    }

    private func fill(
        _ rows: inout [Int32],
        at start: Int,
        fromRow row: Int,
        _ filter: LanczosTaps,
        count: Int
    ) {
        for x in 0..<count {
            for channel in 0..<3 {
                var sum: Int32 = 0
                for tap in 0..<LanczosTaps.count {
                    let pixel = pixels[(row * width + filter.index(x, tap)) * 3 + channel]
                    sum += filter.weights[x * LanczosTaps.count + tap] * Int32(pixel)
                }
                rows[start + x * 3 + channel] = sum
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
        let (s, c) = (sin(phase), cos(phase))
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
