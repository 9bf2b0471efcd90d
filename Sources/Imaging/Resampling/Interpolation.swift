import Kernels

/// How a picture in floats is resized.
public enum Interpolation: String, CaseIterable, Sendable {
    /// torch.nn.functional.interpolate(mode="bilinear", align_corners=False, antialias=False)
    case bilinear
    /// torch.nn.functional.interpolate(mode="bicubic", align_corners=False, antialias=False): Keys' kernel, a = -0.75
    case bicubic
    /// cv2.INTER_AREA when shrinking: the mean over the area that each new pixel covers. Use it for small previews.
    case area
}

extension AxisFilter<Float> {
    init(from input: Int, to output: Int, by interpolation: Interpolation) {
        self.init(from: input, to: output) { position in
            switch interpolation {
            case .bilinear:
                let tap = LinearTap(position, from: input, to: output, alignCorners: false)
                return (tap.first, [1 - tap.share, tap.share])
            case .bicubic:
                let source = Float(input) / Float(output) * (Float(position) + 0.5) - 0.5
                let before = source.rounded(.down)
                return (Int(before) - 1, Self.cubic(source - before))
            case .area: return Self.area(position, input, output)
            }
        }
    }

    /// Keys' cubic convolution, a = -0.75, at distances t + 1, t, 1 - t, 2 - t.
    private static func cubic(_ t: Float) -> [Float] {
        let a: Float = -0.75
        func near(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }
        func far(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return [far(t + 1), near(t), near(1 - t), far(2 - t)]
    }

    /// The mean over [position, position + 1) * input / output; enlarging, that interval lies within one or two pixels.
    private static func area(_ position: Int, _ input: Int, _ output: Int) -> Taps {
        let scale = Double(input) / Double(output)
        let (from, to) = (Double(position) * scale, Double(position + 1) * scale)
        let first = min(Int(from), input - 1)
        let last = min(Int(to.rounded(.up)) - 1, input - 1)
        let weights = (first...max(first, last)).map { index in
            Float((min(to, Double(index + 1)) - max(from, Double(index))) / scale)
        }
        return (first, weights)
    }
}
