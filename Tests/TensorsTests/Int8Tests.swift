import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Products in int8 have the bits that int8.h defines, by all kernels, however they are cut.
@Suite struct Int8Tests {
    private static let levels = KernelLevel.allCases.filter(\.isAvailable)

    /// A block of a row or column as int8.h rounds it; a row's integers are less its zero.
    private struct Block {
        var scale: Float
        var integers: [Int32]

        private init(_ x: [Float], _ rounded: (_ most: Float) -> (scale: Float, integers: [Int32])) {
            let most = x.map { $0.isNaN ? .infinity : $0.magnitude }.max() ?? 0
            (scale, integers) = (most.isInfinite ? .nan : 0, x.map { _ in 0 })
            if most.isFinite, most >= 0x1p-100 { (scale, integers) = rounded(most) }
        }

        private static func integer(_ x: Float) -> Int32 { Int32(x.rounded(.toNearestOrEven)) }

        static func row(_ x: [Float]) -> Block {
            Block(x) { _ in
                let (low, high) = (min(0, x.min() ?? 0), max(0, x.max() ?? 0))
                let scale = high / 254 - low / 254, inverse = 1 / scale
                let bytes = x.map { UInt8(integer($0 * inverse) + integer(-low * inverse)) }
                return (scale, bytes.map { Int32($0) - integer(-low * inverse) })
            }
        }

        static func column(_ x: [Float]) -> Block {
            Block(x) { most in (most / 127, x.map { Int32(Int8(integer($0 * (127 / most)))) }) }
        }

        /// c and what it and another block add.
        func added(to c: Float, times other: Block) -> Float {
            let sum = zip(integers, other.integers).map(*).reduce(0, +)
            return c.addingProduct(scale * other.scale, Float(sum))
        }
    }

    /// start + a[m, k] b[n, k]ᵀ, with k in blocks.
    private static func defined(_ a: [[Float]], _ b: [[Float]], _ start: [Float], _ blocks: [Range<Int>]) -> [Float] {
        let left = a.map { row in blocks.map { Block.row(Array(row[$0])) } }
        let right = b.map { row in blocks.map { Block.column(Array(row[$0])) } }
        return left.flatMap { row in
            zip(right, start).map { column, start in
                zip(row, column).reduce(start) { $1.0.added(to: $0, times: $1.1) }
            }
        }
    }

    /// Even parts of at most so many, whole 64s apart from the last.
    private static func blocks(_ k: Int, most: Int = 640) -> [Range<Int>] {
        let parts = (k + most - 1) / most
        let depth = ((k + parts - 1) / parts + 63) / 64 * 64
        return stride(from: 0, to: k, by: depth).map { $0..<min(k, $0 + depth) }
    }

    private static func bits(_ x: [Float]) -> [UInt32] { x.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern } }

    /// Usual numbers, some alone of a row larger, small or not numbers; rows of zeros; ties of rounding.
    private static func rows(_ count: Int, _ k: Int, _ random: inout TorchRandomSource, odd: Bool) -> [[Float]] {
        (0..<count).map { row in
            var x = random.normal([k]).values
            guard odd else { return x }
            switch row % 8 {
            case 1: x[k / 2] = 300
            case 2: x = x.map { $0 * 0x1p-110 }
            case 3: x = x.map { _ in 0 }
            case 4: x = x.indices.map { Float($0 % 13) + 0.5 } + []
            case 5: x = x.map { $0 * 0x1p100 }
            case 6 where row > 8: x[k - 1] = .nan
            case 7 where row > 8: x[0] = -.infinity
            default: break
            }
            if row % 8 == 4 { x[0] = 127 }
            return x
        }
    }

    @Test(arguments: levels)
    func asDefined(_ level: KernelLevel) {
        var random = TorchRandomSource(seed: 1)
        for (m, n, k) in [
            (1, 1, 1), (3, 5, 2), (7, 33, 3), (13, 31, 63), (26, 17, 64), (25, 40, 65), (5, 70, 639), (37, 35, 641),
            (12, 32, 2816),
        ] {
            let (a, b) = (Self.rows(m, k, &random, odd: true), Self.rows(n, k, &random, odd: true))
            let start = random.normal([n]).values
            let expected = Self.bits(Self.defined(a, b, start, Self.blocks(k)))
            let (x, weight) = (Tensor(a.flatMap { $0 }, shape: [m, k]), Tensor(b.flatMap { $0 }, shape: [n, k]))
            for threads in [1, 2, 5] {
                let y = ComputeSettings.with(precision: .int8, kernels: level, threads: threads) {
                    x.linear(weight, bias: Tensor(start, shape: [n]))
                }
                #expect(Self.bits(y.values) == expected, "\(m) x \(n) x \(k), \(threads) threads")
            }
        }
    }

    /// A convolution is the product of its windows, each tap's channels in blocks of their own.
    @Test(arguments: [
        (shape: [1, 9, 11, 64], outputs: 40, kernel: 3, stride: 1), ([2, 12, 10, 32], 33, 3, 2),
        ([2, 7, 9, 4], 36, 3, 1), ([1, 8, 6, 3], 5, 3, 2), ([2, 5, 9, 33], 17, 1, 1), ([1, 6, 5, 400], 34, 3, 1),
    ])
    func convolution(_ shape: [Int], outputs: Int, kernel: Int, stride: Int) {
        var random = TorchRandomSource(seed: 3)
        let x = random.normal(shape), bias = random.normal([outputs])
        let weight = random.normal([outputs, kernel, kernel, shape[3]])
        let pad = kernel / 2
        let C = shape[3]
        let windows = convolutionWindows(x, kernel: kernel, stride: stride)
        let k = kernel * kernel * C
        let filters = (0..<outputs).map { Array(weight.values[$0 * k..<($0 + 1) * k]) }
        let channels = Self.blocks(C, most: 320)
        let blocks = (0..<kernel * kernel).flatMap { tap in
            channels.map { tap * C + $0.lowerBound..<tap * C + $0.upperBound }
        }
        let expected = Self.bits(Self.defined(windows, filters, bias.values, blocks))
        for level in Self.levels {
            for threads in [1, 3] {
                let y = ComputeSettings.with(precision: .int8, kernels: level, threads: threads) {
                    x.conv2d(weight, bias: bias, stride: stride, padding: (pad, pad))
                }
                #expect(Self.bits(y.values) == expected, "\(level), \(threads) threads")
            }
        }
    }

    /// Attention and gradients are those of bfloat16.
    @Test func elsewhere() {
        var random = TorchRandomSource(seed: 6)
        let q = random.normal([1, 20, 64]), k = random.normal([1, 30, 64]), v = random.normal([1, 30, 64])
        let attention = { scaledDotProductAttention(q, k, v, heads: 2).values }
        #expect(
            ComputeSettings.with(precision: .int8, attention) == ComputeSettings.with(precision: .bfloat16, attention)
        )
        let x = random.normal([5, 40]).tracked(), weight = random.normal([7, 40]).tracked()
        let gradient = { gradients(of: x.linear(weight).sum(), for: [x, weight]).map(\.values) }
        #expect(
            ComputeSettings.with(precision: .int8, gradient) == ComputeSettings.with(precision: .bfloat16, gradient)
        )
    }
}
