import Elementary

/// How a picture is resized.
public enum Interpolation: String, CaseIterable, Sendable {
    /// torch.nn.functional.interpolate(mode="bilinear", align_corners=False, antialias=False)
    case bilinear
    /// torch.nn.functional.interpolate(mode="bicubic", align_corners=False, antialias=False): Keys' kernel, a = -0.75
    case bicubic
    /// cv2.INTER_LANCZOS4: an 8x8 window, not widened when shrinking
    case lanczos4
    /// cv2.INTER_AREA when shrinking: the mean over the area that each new pixel covers. Use it for small previews.
    case area
}

/// What one axis of a resize reads: each output position is a weighted sum of a few input positions. Positions
/// outside the picture are replaced by the nearest one inside.
struct AxisFilter {
    /// First tap of each output position, in `indices` and `weights`; one more entry closes the last.
    private(set) var starts: [Int] = [0]
    private(set) var indices: [Int] = []
    private(set) var weights: [Float] = []

    init(from input: Int, to output: Int, by interpolation: Interpolation) {
        let scale = Float(input) / Float(output)
        for position in 0..<output {
            switch interpolation {
            case .bilinear:
                let source = max(0, scale * (Float(position) + 0.5) - 0.5)
                let first = Int(source)
                let t = source - Float(first)
                append(first: first, weights: [1 - t, t], input)
            case .bicubic:
                let source = scale * (Float(position) + 0.5) - 0.5
                let t = source - source.rounded(.down)
                append(first: Int(source.rounded(.down)) - 1, weights: AxisFilter.cubic(t), input)
            case .lanczos4:
                let source = Float((Double(position) + 0.5) * (Double(input) / Double(output)) - 0.5)
                let t = source - source.rounded(.down)
                append(first: Int(source.rounded(.down)) - 3, weights: AxisFilter.lanczos4(t), input)
            case .area:
                appendArea(position, input, output)
            }
        }
    }

    private mutating func append(first: Int, weights taps: [Float], _ input: Int) {
        for (i, weight) in taps.enumerated() {
            indices.append(min(max(first + i, 0), input - 1))
            weights.append(weight)
        }
        starts.append(indices.count)
    }

    /// The mean over [position, position + 1) * input / output; enlarging, that interval lies within one or two pixels.
    private mutating func appendArea(_ position: Int, _ input: Int, _ output: Int) {
        let scale = Double(input) / Double(output)
        let (from, to) = (Double(position) * scale, Double(position + 1) * scale)
        let first = min(Int(from), input - 1)
        let last = min(Int(to.rounded(.up)) - 1, input - 1)
        let taps = (first...max(first, last)).map { index in
            Float((min(to, Double(index + 1)) - max(from, Double(index))) / scale)
        }
        append(first: first, weights: taps, input)
    }

    /// Keys' cubic convolution, a = -0.75, at distances t + 1, t, 1 - t, 2 - t.
    private static func cubic(_ t: Float) -> [Float] {
        let a: Float = -0.75
        func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }

    /// sinc(x) sinc(x / 4) at the eight nearest positions, made to sum to 1.
    private static func lanczos4(_ t: Float) -> [Float] {
        let raw = (0..<8).map { tap -> Double in
            let x = Double.pi * (Double(t) + 3 - Double(tap))
            return abs(x) < 1e-6 ? 1 : 4 * Double.sin(x) * Double.sin(x / 4) / (x * x)
        }
        let sum = raw.reduce(0, +)
        return raw.map { Float($0 / sum) }
    }
}
