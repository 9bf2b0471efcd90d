import Kernels
import Tensors
import Testing

/// Convolutions by Winograd's algorithm and by the plain sum, against sums in doubles.
@Suite struct WinogradTests {
    struct Case: Sendable, CustomStringConvertible {
        var batch = 1
        let height: Int
        let width: Int
        let channels: Int
        let outputs: Int
        var padding = 1
        var description: String { "\(batch)x\(height)x\(width) \(channels) -> \(outputs), padding \(padding)" }

        var shape: ConvolutionShape {
            ConvolutionShape(
                batch: batch,
                height: height,
                width: width,
                channelsIn: channels,
                channelsOut: outputs,
                kernel: 3,
                stride: 1,
                padding: (padding, padding)
            )
        }
    }

    /// Sides that tiles do not divide, channels that vectors do not divide, and both ways to cut the work.
    static let cases = [
        Case(height: 8, width: 8, channels: 16, outputs: 32),
        Case(height: 9, width: 13, channels: 17, outputs: 3),
        Case(batch: 2, height: 11, width: 10, channels: 40, outputs: 70),
        Case(height: 14, width: 9, channels: 33, outputs: 65, padding: 0),
        Case(batch: 3, height: 7, width: 30, channels: 150, outputs: 33),
        Case(height: 50, width: 46, channels: 20, outputs: 31),
        Case(height: 97, width: 95, channels: 19, outputs: 37),
        Case(batch: 2, height: 70, width: 67, channels: 16, outputs: 34, padding: 0),
        Case(height: 3, width: 120, channels: 16, outputs: 5),
        Case(height: 50, width: 46, channels: 64, outputs: 96),
    ]

    /// What the convolution of x, prepared, with the weight (out, 3, 3, in) is, in doubles.
    private static func reference(_ c: Case, _ x: [Float], _ weight: [Float], add: (Int, Int) -> Float) -> [Double] {
        let (H, W) = (c.shape.outHeight, c.shape.outWidth)
        var y = [Double](repeating: 0, count: c.batch * H * W * c.outputs)
        let (pixels, filters) = (x.map(Double.init), weight.map(Double.init))
        for b in 0..<c.batch {
            for row in 0..<H {
                for column in 0..<W {
                    let at = ((b * H + row) * W + column) * c.outputs
                    for o in 0..<c.outputs {
                        var sum = Double(add(b, o))
                        for ky in 0..<3 {
                            let iy = row + ky - c.padding
                            guard (0..<c.height).contains(iy) else { continue }
                            for kx in 0..<3 {
                                let ix = column + kx - c.padding
                                guard (0..<c.width).contains(ix) else { continue }
                                let from = ((b * c.height + iy) * c.width + ix) * c.channels
                                let tap = ((o * 3 + ky) * 3 + kx) * c.channels
                                for i in 0..<c.channels { sum += pixels[from + i] * filters[tap + i] }
                            }
                        }
                        y[at + o] = sum
                    }
                }
            }
        }
        return y
    }

    /// The root mean square and the largest of the differences, over the root mean square of the reference.
    private static func errors(_ y: [Float], _ reference: [Double]) -> (rms: Double, max: Double) {
        let size = (reference.reduce(0) { $0 + $1 * $1 } / Double(reference.count)).squareRoot()
        let differences = zip(y, reference).map { Double($0) - $1 }
        let rms = (differences.reduce(0) { $0 + $1 * $1 } / Double(y.count)).squareRoot()
        return (rms / size, (differences.map(abs).max() ?? 0) / size)
    }

    /// The convolution of tensors by the kernels themselves.
    private static func run(
        _ c: Case,
        _ x: [Float],
        _ weight: UnsafeRawPointer,
        of element: Element = .f32,
        _ bias: [Float],
        residual: [Float]? = nil,
        limits: ConvolutionLimits = ConvolutionLimits()
    ) -> [Float] {
        let count = c.batch * c.shape.outHeight * c.shape.outWidth * c.outputs
        // Over the residual itself, as a network may do it; else over what must not shine through.
        var y = residual ?? [Float](repeating: .nan, count: count)
        x.withUnsafeBufferPointer { x in
            bias.withUnsafeBufferPointer { bias in
                y.withUnsafeMutableBufferPointer { y in
                    guard let x = x.baseAddress, let y = y.baseAddress else { return }
                    convolutionForward(
                        c.shape,
                        ConvolutionInput(x),
                        ConvolutionFilters(
                            StoredFloats(weight, of: element),
                            order: .channelsLast,
                            channels: c.channels,
                            kernel: 3
                        ),
                        ConvolutionOutput(
                            y,
                            bias: bias.baseAddress,
                            perPicture: bias.count > c.outputs,
                            residual: residual == nil ? nil : UnsafePointer(y)
                        ),
                        limits: limits
                    )
                }
            }
        }
        return y
    }

    @Test(arguments: cases)
    func agreesWithDoubles(_ c: Case) {
        var random = TorchRandomSource(seed: 3)
        let x = random.normal(c.batch * c.height * c.width * c.channels)
        let weight = random.normal(c.outputs * 9 * c.channels)
        let bias = random.normal(c.outputs)
        let expected = Self.reference(c, x, weight) { _, o in bias[o] }
        let fast = Self.run(c, x, weight, bias)
        let exact = ComputeSettings.with(precision: .plainSums) { Self.run(c, x, weight, bias) }
        let (a, b) = (Self.errors(fast, expected), Self.errors(exact, expected))
        #expect(a.rms < 3e-6 && a.max < 3e-5, "Winograd: \(a)")
        #expect(b.rms < 1e-6 && b.max < 1e-5, "exact: \(b)")
        let differ = fast != exact
        #expect(differ, "one of the algorithms did not run")
    }

    /// What may be held decides which way a convolution goes, and in how many parts.
    static let limits = [
        ConvolutionLimits(), ConvolutionLimits(filters: 1 << 17, tiles: 1 << 30, windows: 1 << 14),
        ConvolutionLimits(filters: 1 << 14, tiles: 1 << 16, windows: 1 << 12),
        ConvolutionLimits(filters: 0, tiles: 1 << 30, windows: 0),
        ConvolutionLimits(filters: 1 << 30, tiles: 0, windows: 1),
    ]

    /// The sizes of a convolution in tiles of AVX2.
    private static func size(_ c: Case) -> WinogradSize {
        let (H, W) = (c.shape.outHeight, c.shape.outWidth)
        return WinogradSize(
            lines: c.batch * ((H + 3) / 4),
            across: (W + 3) / 4,
            channels: c.channels,
            outputs: c.outputs,
            panel: 16,
            strip: 6
        )
    }

    @Test func everyWayIsGone() {
        var ways: Set<String> = []
        for c in Self.cases {
            for limits in Self.limits {
                for threads in [1, 8, 64] {
                    switch WinogradCut(Self.size(c), threads: threads, limits: limits).held {
                    case .filters(let lines, let across):
                        ways.insert("filters")
                        if across < (c.shape.outWidth + 3) / 4 { ways.insert("parts of lines") }
                        if lines > 1, c.batch > 1 { ways.insert("several pictures") }
                    case .both(let stripes, let passes, let parts, let groups):
                        ways.insert("both")
                        if stripes > 1 { ways.insert("stripes of both") }
                        if passes > 1 { ways.insert("passes") }
                        if parts > 1 { ways.insert("parts of both") }
                        if groups > 1 { ways.insert("groups of both") }
                    case .tiles(let stripes, let parts, let groups):
                        ways.insert("tiles")
                        if stripes > 1 { ways.insert("stripes") }
                        if parts > 1 { ways.insert("parts of tiles") }
                        if groups > 1 { ways.insert("groups of panels") }
                        if groups < Self.size(c).panels { ways.insert("several panels") }
                    }
                }
            }
        }
        let all: Set = [
            "filters", "parts of lines", "several pictures", "tiles", "stripes", "parts of tiles", "groups of panels",
            "several panels", "both", "stripes of both", "passes", "parts of both", "groups of both",
        ]
        #expect(ways == all)
    }

    /// Every way to cut the work, on any number of threads.
    @Test(arguments: cases)
    func sameBitsWhateverTheCut(_ c: Case) {
        var random = TorchRandomSource(seed: 9)
        let x = random.normal(c.batch * c.height * c.width * c.channels)
        let weight = random.normal(c.outputs * 9 * c.channels)
        let residual = random.normal(c.batch * c.shape.outHeight * c.shape.outWidth * c.outputs)
        for bias in [random.normal(c.outputs), random.normal(c.batch * c.outputs)] {
            for residual in [nil, residual] {
                for precision in ComputeSettings.Precision.allCases {
                    let expected = ComputeSettings.with(precision: precision, threads: 1) {
                        Self.run(c, x, weight, bias, residual: residual).map(\.bitPattern)
                    }
                    for limits in Self.limits {
                        for threads in [1, 3, 8, 16, 64] {
                            let found = ComputeSettings.with(precision: precision, threads: threads) {
                                Self.run(c, x, weight, bias, residual: residual, limits: limits).map(\.bitPattern)
                            }
                            let isEqual = found == expected
                            #expect(isEqual, "\(precision), \(threads) threads, \(limits)")
                        }
                    }
                }
            }
        }
    }

    /// Each set of kernels that this processor has, and any number of threads.
    @Test(arguments: cases)
    func sameBits(_ c: Case) {
        var random = TorchRandomSource(seed: 4)
        let x = random.normal(c.batch * c.height * c.width * c.channels)
        let weight = random.normal(c.outputs * 9 * c.channels)
        let bias = random.normal(c.batch * c.outputs)
        let residual = random.normal(c.batch * c.shape.outHeight * c.shape.outWidth * c.outputs)
        for isExact in [false, true] {
            ComputeSettings.with(precision: isExact ? .plainSums : .float32) {
                let expected = Self.run(c, x, weight, bias, residual: residual).map(\.bitPattern)
                for threads in [1, 2, 5] {
                    let found = ComputeSettings.with(threads: threads) {
                        Self.run(c, x, weight, bias, residual: residual)
                    }
                    let isEqual = found.map(\.bitPattern) == expected
                    #expect(isEqual, "\(threads) threads, exact: \(isExact)")
                }
                for level in [KernelLevel.portable, .avx2, .avx512] where level.isAvailable {
                    let found = ComputeSettings.with(kernels: level) {
                        Self.run(c, x, weight, bias, residual: residual)
                    }
                    let isEqual = found.map(\.bitPattern) == expected
                    #expect(isEqual, "\(level), exact: \(isExact)")
                }
            }
        }
    }

    /// Weights of 16 bits are what they are widened to.
    @Test func weightsOf16Bits() {
        let c = Self.cases[2]
        var random = TorchRandomSource(seed: 6)
        let x = random.normal(c.batch * c.height * c.width * c.channels)
        let bias = random.normal(c.outputs)
        let halves = random.normal(c.outputs * 9 * c.channels).map { Float16($0) }
        let brains = random.normal(c.outputs * 9 * c.channels).map { UInt16($0.bitPattern >> 16) }
        for isExact in [false, true] {
            ComputeSettings.with(precision: isExact ? .plainSums : .float32) {
                let half = Self.run(c, x, halves, of: .f16, bias) == Self.run(c, x, halves.map { Float($0) }, bias)
                #expect(half, "float16, exact: \(isExact)")
                let widened = brains.map { Float(bitPattern: UInt32($0) << 16) }
                let brain = Self.run(c, x, brains, of: .bf16, bias) == Self.run(c, x, widened, bias)
                #expect(brain, "bfloat16, exact: \(isExact)")
            }
        }
    }
}
