import CKernels
import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Every element of a product is one chain of fused multiply-adds in ascending k: the same bits by all kernels, however
/// the product is cut.
@Suite struct GemmTests {
    private static let fusedLevels = [KernelLevel.portable, .avx2, .avx512].filter(\.isAvailable)

    /// One product with all its operands at odd strides, and b at an odd address.
    private struct Problem {
        let (m, n, k): (Int, Int, Int)
        let transposed: (a: Bool, b: Bool)
        let element: Element
        let strides: (a: Int, b: Int, c: Int)
        let a: [Float]
        /// The values of b, and how they are stored.
        let b: [Float]
        let stored: [UInt8]
        let bias: [Float]
        let present: [Float]

        init(_ m: Int, _ n: Int, _ k: Int, _ transposed: (a: Bool, b: Bool), _ element: Element, seed: UInt64) {
            (self.m, self.n, self.k, self.transposed, self.element) = (m, n, k, transposed, element)
            var random = TorchRandomSource(seed: seed)
            strides = ((transposed.a ? m : k) + 3, (transposed.b ? k : n) + 1, n + 2)
            a = random.normal(strides.a * (transposed.a ? k : m) + 1)
            bias = random.normal(n)
            present = random.normal(m * strides.c)
            let wide = random.normal(strides.b * (transposed.b ? n : k) + 1)
            stored = [0] + wide.flatMap { value in Self.bytes(value, element) }
            b = wide.map { Self.rounded($0, element) }
        }

        private static func bytes(_ value: Float, _ element: Element) -> [UInt8] {
            switch element {
            case .f16: return withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) { Array($0) }
            case .bf16: return withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) { Array($0) }
            default: return withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
        }

        private static func rounded(_ value: Float, _ element: Element) -> Float {
            switch element {
            case .f16: Float(Float16(value))
            case .bf16: Float(bitPattern: value.bitPattern & 0xffff_0000)
            default: value
            }
        }

        func a(_ i: Int, _ l: Int) -> Float { transposed.a ? a[l * strides.a + i] : a[i * strides.a + l] }
        func b(_ l: Int, _ j: Int) -> Float { transposed.b ? b[j * strides.b + l] : b[l * strides.b + j] }

        /// The whole of c, what lies between its rows included.
        func expected(_ start: Start, fused: Bool) -> [Float] {
            var c = present
            for i in 0..<m {
                for j in 0..<n {
                    var sum: Float =
                        switch start {
                        case .zeros: 0
                        case .row: bias[j]
                        case .present: present[i * strides.c + j]
                        }
                    for l in 0..<k {
                        sum = fused ? sum.addingProduct(a(i, l), b(l, j)) : sum + a(i, l) * b(l, j)
                    }
                    c[i * strides.c + j] = sum
                }
            }
            return c
        }

        func product(_ start: Start) -> [Float] {
            var c = present
            a.withUnsafeBufferPointer { a in
                stored.withUnsafeBytes { b in
                    bias.withUnsafeBufferPointer { bias in
                        c.withUnsafeMutableBufferPointer { c in
                            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress,
                                let bias = bias.baseAddress
                            else { return }
                            let from: GemmStart =
                                switch start {
                                case .zeros: .zeros
                                case .row: .row(bias)
                                case .present: .present
                                }
                            gemm(
                                m,
                                n,
                                k,
                                Matrix(a, stride: strides.a, transposed: transposed.a),
                                Matrix(
                                    StoredFloats(b + 1, of: element),
                                    stride: strides.b,
                                    transposed: transposed.b
                                ),
                                from: from,
                                c,
                                stride: strides.c
                            )
                        }
                    }
                }
            }
            return c
        }
    }

    private enum Start: CaseIterable { case zeros, row, present }

    /// Sizes on both sides of every tile's, a panel's and a vector's edge.
    private static let sizes: [(Int, Int, Int)] = [
        (1, 1, 1), (1, 33, 5), (2, 16, 17), (5, 31, 16), (6, 32, 15), (7, 64, 33), (13, 15, 8), (14, 47, 24),
        (15, 17, 9), (28, 65, 31), (29, 8, 40), (43, 96, 7), (3, 5, 0), (57, 130, 70),
    ]

    @Test func bitsOfTheChain() {
        for (seed, (m, n, k)) in Self.sizes.enumerated() {
            for transposed in [(a: false, b: false), (a: false, b: true), (a: true, b: false), (a: true, b: true)] {
                for element in [Element.f32, .f16, .bf16] {
                    let problem = Problem(m, n, k, transposed, element, seed: UInt64(seed))
                    for start in Start.allCases {
                        let expected = problem.expected(start, fused: true).map(\.bitPattern)
                        for level in Self.fusedLevels {
                            let found = ComputeSettings.with(kernels: level) {
                                problem.product(start).map(\.bitPattern)
                            }
                            let same = found == expected
                            #expect(same, "\(m)x\(n)x\(k) \(transposed) \(element) \(start) \(level)")
                        }
                    }
                }
            }
        }
    }

    /// Sizes that are cut into rows, columns and depths.
    @Test(arguments: [(400, 40, 1300), (130, 300, 700), (2, 640, 1301)])
    func anyNumberOfThreads(_ size: (Int, Int, Int)) {
        let problem = Problem(size.0, size.1, size.2, (a: false, b: true), .f16, seed: 5)
        let expected = problem.expected(.row, fused: true).map(\.bitPattern)
        for width in [1, 2, 7, 16] {
            for level in Self.fusedLevels where level != .portable {
                let found = ComputeSettings.with(kernels: level) {
                    ComputeSettings.with(threads: width) { problem.product(.row).map(\.bitPattern) }
                }
                let same = found == expected
                #expect(same, "\(width) threads, \(level)")
            }
        }
    }

    /// Products of SDXL's UNet at 512 and 1024, in tiles of 14 x 32: rows, columns, panels that a task may pack.
    @Test(arguments: [(19, 40, 6), (19, 320, 6), (37, 40, 6), (74, 20, 6), (74, 160, 6), (74, 40, 6), (293, 20, 6)])
    func everyThreadHasItsShare(_ size: (strips: Int, panels: Int, mostPanels: Int)) {
        for threads in [2, 3, 8, 16] {
            let cut = GemmCut(
                strips: size.strips,
                panels: size.panels,
                mostPanels: size.mostPanels,
                threads: threads
            )
            func parts(_ count: Int, _ parts: Int) -> [Int] {
                (0..<parts).map { ($0 + 1) * count / parts - $0 * count / parts }
            }
            // As threads take the tasks that they are dealt.
            var busy = Array(repeating: 0, count: threads)
            for panels in parts(size.panels, cut.columns) {
                #expect(panels <= size.mostPanels)
                for strips in parts(size.strips, cut.rows) {
                    let first = busy.indices.min { busy[$0] < busy[$1] } ?? 0
                    busy[first] += strips * panels
                }
            }
            let share = Double(size.strips * size.panels) / Double(threads)
            #expect(Double(busy.max() ?? 0) < 1.12 * share, "\(threads) threads, \(cut)")
        }
    }

    /// Where a processor lacks fused multiply-adds, products are rounded too: another numerics class.
    @Test func unfused() throws {
        try #require(KernelLevel.best != .unfused || Self.fusedLevels.isEmpty)
        guard KernelLevel.unfused.isAvailable else { return }
        let problem = Problem(29, 35, 50, (a: false, b: true), .f16, seed: 3)
        let found = ComputeSettings.with(kernels: .unfused) { problem.product(.present).map(\.bitPattern) }
        let same = found == problem.expected(.present, fused: false).map(\.bitPattern)
        #expect(same)
    }

    /// Rows that lie whole pages apart are gathered, which changes no bit.
    @Test(arguments: fusedLevels, [(m: 1, n: 65, k: 1024), (29, 130, 1024), (40, 97, 600)])
    func rowsPagesApart(_ level: KernelLevel, size: (m: Int, n: Int, k: Int)) {
        let (m, n, k) = size
        var random = TorchRandomSource(seed: 9)
        let (a, b) = (random.normal(m * k), random.normal(n * k))
        func product(stride: Int) -> [Float] {
            var left = [Float](repeating: .nan, count: m * stride)
            for i in 0..<m { left.replaceSubrange(i * stride..<i * stride + k, with: a[i * k..<(i + 1) * k]) }
            var c = [Float](repeating: .nan, count: m * n)
            left.withUnsafeBufferPointer { left in
                b.withUnsafeBufferPointer { b in
                    c.withUnsafeMutableBufferPointer { c in
                        guard let left = left.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                        let right = Matrix(b, stride: k, transposed: true)
                        ComputeSettings.with(kernels: level) {
                            gemm(m, n, k, Matrix(left, stride: stride), right, c, stride: n)
                        }
                    }
                }
            }
            return c
        }
        #expect(product(stride: 1024) == product(stride: 1027))
    }

    /// Infinities, NaNs, subnormals and zeros of both signs come out of 16 bits as they are.
    @Test(arguments: [Element.f16, .bf16])
    func everyHalf(_ element: Element) {
        let halves = (0...UInt16.max).map { $0 }
        let expected = halves.map { half -> UInt32 in
            let value = element == .f16 ? Float(Float16(bitPattern: half)) : Float(bitPattern: UInt32(half) << 16)
            return value.isNaN ? 0x7fc0_0000 : value.bitPattern
        }
        for level in Self.fusedLevels {
            let kernels = level.products
            let panel = Int(kernels.panel)
            var packed = [Float](repeating: 1, count: halves.count)
            let operand = { (base: UnsafeRawPointer?) in
                pk_gemm_operand(
                    numbers: pk_numbers(base: base, type: element.stored, scale: 1, first: 0),
                    k_stride: panel,
                    n_stride: 1
                )
            }
            halves.withUnsafeBytes { bytes in
                kernels.pack(operand(bytes.baseAddress), panel, halves.count / panel, &packed)
            }
            let same = packed.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } == expected
            #expect(same, "\(level)")
        }
    }
}
