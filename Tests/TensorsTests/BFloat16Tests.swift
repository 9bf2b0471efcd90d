import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Products in bfloat16 have the bits that TDPBF16PS gives, by all kernels, however they are cut (bf16.h).
@Suite struct BFloat16Tests {
    private static let levels = KernelLevel.allCases.filter(\.isAvailable)

    /// c[m, n] = start + a[m, k] b[n, k]ᵀ
    private static func product(_ m: Int, _ n: Int, _ k: Int, _ a: [Float], _ b: [Float], _ start: [Float]) -> [UInt32]
    {
        var c = [Float](repeating: .nan, count: m * n)
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                start.withUnsafeBufferPointer { start in
                    c.withUnsafeMutableBufferPointer { c in
                        guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                        gemm(
                            m,
                            n,
                            k,
                            Matrix(a, stride: k),
                            Matrix(b, stride: k, transposed: true),
                            from: start.baseAddress.map { .row($0) } ?? .zeros,
                            c,
                            stride: n,
                            precision: .bfloat16
                        )
                    }
                }
            }
        }
        return c.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
    }

    @Test(arguments: levels)
    func recordedSums(_ level: KernelLevel) throws {
        let golden = Golden("bfloat16.safetensors", #filePath)
        let names = golden.file.tensorNames.filter { $0.hasSuffix(".c") }.map { $0.dropLast(2) }
        #expect(names.count == 30)
        for name in names {
            let (a, b, c) = (golden["\(name).a"], golden["\(name).b"], golden["\(name).c"])
            let (m, k, n) = (a.shape[0], a.shape[1], b.shape[0])
            let found = ComputeSettings.with(kernels: level) {
                Self.product(m, n, k, a.values, b.values, golden["\(name).start"].values)
            }
            #expect(found == c.values.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }, "\(name)")
        }
    }

    /// Numbers of a kind: usual ones, such as make subnormal products, any, and some infinite.
    private static func numbers(_ count: Int, _ kind: Int, _ random: inout RandomBits) -> [Float] {
        (0..<count).map { _ in
            let exponents: [UInt32] = [118 + random.below(14), 56 + random.below(14), random.below(255), 120]
            let exponent = kind == 3 && random.below(40) == 0 ? 255 : exponents[kind]
            let fraction = random.below(4) == 0 ? 0x8000 | random.below(128) << 16 : random.below(1 << 23)
            return Float(bitPattern: random.below(2) << 31 | exponent << 23 | (exponent == 255 ? 0 : fraction))
        }
    }

    @Test(arguments: levels.filter { $0 != .portable }, 0..<4)
    func sameAsPlainC(_ level: KernelLevel, _ kind: Int) {
        var random = RandomBits(state: UInt64(kind))
        for k in [1, 2, 31, 32, 33, 95, 640, 641, 2816] {
            let (m, n) = k > 100 ? (37, 35) : (1 + Int(random.below(150)), 1 + Int(random.below(150)))
            let (a, b) = (Self.numbers(m * k, kind, &random), Self.numbers(n * k, kind, &random))
            let start = Self.numbers(n, kind, &random)
            let plain = ComputeSettings.with(kernels: .portable) { Self.product(m, n, k, a, b, start) }
            for threads in [1, 2, 3, 8] {
                let found = ComputeSettings.with(kernels: level, threads: threads) {
                    Self.product(m, n, k, a, b, start)
                }
                #expect(found == plain, "\(m) x \(n) x \(k), \(threads) threads")
            }
        }
    }

    /// Flushing holds for the products alone: a subnormal float is one afterwards.
    @Test func subnormalsElsewhereStay() {
        let tiny = Float.leastNonzeroMagnitude * 8
        _ = Self.product(3, 3, 40, .init(repeating: 1, count: 120), .init(repeating: 1, count: 120), [0, 0, 0])
        let half = (Tensor([tiny], shape: [1]) / 2).values
        #expect(half == [tiny / 2])
    }

    private static func bits(_ x: Tensor) -> [UInt32] { x.values.map(\.bitPattern) }

    /// A convolution is the product of its windows, whichever way it goes.
    @Test(arguments: [
        (shape: [1, 9, 11, 64], outputs: 40, kernel: 3, stride: 1), ([2, 12, 10, 32], 33, 3, 2),
        ([2, 7, 9, 4], 36, 3, 1), ([1, 8, 6, 3], 5, 3, 2), ([2, 5, 9, 33], 17, 1, 1), ([1, 40, 30, 48], 70, 3, 1),
    ])
    func convolution(_ shape: [Int], outputs: Int, kernel: Int, stride: Int) {
        var random = TorchRandomSource(seed: 3)
        let x = random.normal(shape), bias = random.normal([outputs])
        let weight = random.normal([outputs, kernel, kernel, shape[3]])
        let pad = kernel / 2
        let windows = convolutionWindows(x, kernel: kernel, stride: stride)
        let k = kernel * kernel * shape[3]
        let expected = ComputeSettings.with(kernels: .portable) {
            Self.product(windows.count, outputs, k, windows.flatMap { $0 }, weight.values, bias.values)
        }
        for level in Self.levels {
            for threads in [1, 3] {
                let y = ComputeSettings.with(precision: .bfloat16, kernels: level, threads: threads) {
                    x.conv2d(weight, bias: bias, stride: stride, padding: (pad, pad))
                }
                #expect(Self.bits(y) == expected, "\(level), \(threads) threads")
            }
        }
    }

    /// Little memory cuts a convolution into bands of lines and chunks of filters, which change nothing.
    @Test func convolutionInBands() {
        var random = TorchRandomSource(seed: 4)
        let x = random.normal([1, 21, 10, 32]), weight = random.normal([70, 3, 3, 32])
        let shape = ConvolutionShape(
            batch: 1,
            height: 21,
            width: 10,
            channelsIn: 32,
            channelsOut: 70,
            kernel: 3,
            stride: 1,
            padding: (1, 1),
            precision: .bfloat16
        )
        func y(_ limits: ConvolutionLimits) -> [UInt32] {
            var y = [Float](repeating: .nan, count: 21 * 10 * 70)
            let (pixels, filters) = (x.lent, weight.lent)
            y.withUnsafeMutableBufferPointer { y in
                guard let y = y.baseAddress, let x = pixels.values.baseAddress, let w = filters.values.baseAddress
                else {
                    return
                }
                convolutionForward(
                    shape,
                    ConvolutionInput(x),
                    ConvolutionFilters(StoredFloats(w), order: .channelsLast, channels: 32, kernel: 3),
                    ConvolutionOutput(y, bias: nil),
                    limits: limits
                )
            }
            return y.map(\.bitPattern)
        }
        #expect(y(ConvolutionLimits(filters: 1, tiles: 3000, windows: 1)) == y(ConvolutionLimits()))
    }

    /// Every level gives the bits of plain C, and they are near the 32-bit ones.
    @Test(arguments: [(queries: 70, keys: 333, heads: 2, width: 40), (130, 77, 3, 64), (9, 5, 1, 33)])
    func attention(_ queries: Int, keys: Int, heads: Int, width: Int) {
        var random = TorchRandomSource(seed: 5)
        let q = random.normal([2, queries, heads * width])
        let k = random.normal([2, keys, heads * width]), v = random.normal([2, keys, heads * width])
        let y = { scaledDotProductAttention(q, k, v, heads: heads, zeroKeys: 3) }
        let plain = ComputeSettings.with(precision: .bfloat16, kernels: .portable, y)
        for level in Self.levels {
            for threads in [1, 3] {
                let found = ComputeSettings.with(precision: .bfloat16, kernels: level, threads: threads, y)
                #expect(Self.bits(found) == Self.bits(plain), "\(level), \(threads) threads")
            }
        }
        #expect(Self.bits(plain) != Self.bits(y()))
        assertClose(plain, y(), relative: 2e-2, "bfloat16")
    }

    /// The gradients of a linear layer are two products more.
    @Test(arguments: [(rows: 5, k: 40, n: 7), (41, 33, 70), (1300, 18, 33), (37, 700, 1281)])
    func gradientsOfLinear(_ rows: Int, k: Int, n: Int) {
        var random = TorchRandomSource(seed: 6)
        let x = random.normal([rows, k]).tracked(), weight = random.normal([n, k]).tracked()
        let dy = random.normal([rows, n])
        let zeros = [Float](repeating: 0, count: k)
        let expected = ComputeSettings.with(kernels: .portable) {
            [
                Self.product(rows, k, n, dy.values, Self.transposed(weight), zeros),
                Self.product(n, k, rows, Self.transposed(dy), Self.transposed(x), zeros),
            ]
        }
        for level in Self.levels {
            for threads in [1, 3] {
                let found = ComputeSettings.with(precision: .bfloat16, kernels: level, threads: threads) {
                    gradients(of: x.linear(weight), seed: dy, for: [x, weight])
                }
                #expect(found.map(Self.bits) == expected, "\(level), \(threads) threads")
            }
        }
    }

    private static func transposed(_ x: Tensor) -> [Float] {
        let (values, rows, columns) = (x.values, x.shape[0], x.shape[1])
        return (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } }
    }

    /// Every level gives the bits of plain C, whatever the scope in which gradients are asked for, and they are near the
    /// 32-bit ones; those of `int8` are these.
    private static func expectGradients(of inputs: [Tensor], _ y: () -> Tensor) {
        func found(_ precision: ComputeSettings.Precision, _ level: KernelLevel, _ threads: Int) -> [Tensor] {
            let made = ComputeSettings.with(precision: precision, kernels: level, y)
            var random = TorchRandomSource(seed: 9)
            let seed = random.normal(made.shape)
            return ComputeSettings.with(kernels: level, threads: threads) {
                gradients(of: made, seed: seed, for: inputs)
            }
        }
        let plain = found(.bfloat16, .portable, 1)
        for level in levels {
            for threads in [1, 3] {
                let these = found(.bfloat16, level, threads)
                #expect(these.map(bits) == plain.map(bits), "\(level), \(threads) threads")
            }
        }
        #expect(found(.int8, .best, 2).map(bits) == plain.map(bits))
        for (rounded, full) in zip(plain, found(.plainSums, .best, 2)) {
            #expect(bits(rounded) != bits(full))
            assertClose(rounded, full, relative: 2e-2, "bfloat16")
        }
    }

    @Test(arguments: [(kernel: 3, stride: 1), (3, 2), (1, 1)])
    func gradientsOfConvolution(_ kernel: Int, stride: Int) {
        var random = TorchRandomSource(seed: 7)
        let x = random.normal([2, 10, 12, 36]).tracked()
        let weight = random.normal([40, kernel, kernel, 36]).tracked()
        Self.expectGradients(of: [x, weight]) {
            x.conv2d(weight, bias: nil, stride: stride, padding: (kernel / 2, kernel / 2))
        }
    }

    @Test(arguments: [(queries: 70, keys: 333, heads: 2, width: 40), (9, 5, 1, 33)])
    func gradientsOfAttention(_ queries: Int, keys: Int, heads: Int, width: Int) {
        var random = TorchRandomSource(seed: 8)
        let q = random.normal([2, queries, heads * width]).tracked()
        let k = random.normal([2, keys, heads * width]).tracked()
        let v = random.normal([2, keys, heads * width]).tracked()
        Self.expectGradients(of: [q, k, v]) { scaledDotProductAttention(q, k, v, heads: heads, zeroKeys: 3) }
    }
}

/// A linear congruential generator (Knuth's MMIX).
private struct RandomBits {
    var state: UInt64

    mutating func below(_ bound: UInt32) -> UInt32 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt32(state >> 33) % bound
    }
}
