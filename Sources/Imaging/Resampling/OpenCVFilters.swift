import Elementary

/// The filters of OpenCV's resizing of bytes, in units of 1/2048: modules/imgproc/src/resize.cpp.
extension AxisFilter<Int32> {
    /// INTER_LINEAR: two neighbours.
    ///
    /// - Parameter clampsWeights: beyond the middle of the outermost pixels, that pixel counts alone
    static func openCVLinear(from input: Int, to output: Int, clampsWeights: Bool) -> Self {
        Self(from: input, to: output) { position in
            var (first, share) = place(position, input, output)
            if clampsWeights, first < 0 || first >= input - 1 {
                first = min(max(first, 0), input - 1)
                share = 0
            }
            return (first, [fixed(1 - share), fixed(share)])
        }
    }

    /// INTER_LANCZOS4: eight neighbours.
    static func openCVLanczos(from input: Int, to output: Int) -> Self {
        Self(from: input, to: output) { position in
            let (before, share) = place(position, input, output)
            return (before - 3, lanczosWeights(at: share))
        }
    }

    /// The pixel before the middle of a new one, and how far beyond it that lies.
    private static func place(_ position: Int, _ input: Int, _ output: Int) -> (before: Int, share: Float) {
        let source = Float((Double(position) + 0.5) * (Double(input) / Double(output)) - 0.5)
        let before = source.rounded(.down)
        return (Int(before), source - before)
    }

    private static func fixed(_ weight: Float) -> Int32 { Int32((weight * 2048).rounded(.toNearestOrEven)) }

    /// The window's values at a place `x` after the fourth of eight pixels, made to add up to one.
    private static func lanczosWeights(at x: Float) -> [Int32] {
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
        return values.map { fixed($0 * share) }
    }
}
