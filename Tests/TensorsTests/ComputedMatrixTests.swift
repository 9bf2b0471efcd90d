import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Weights that are computed panel by panel give the bits of the same weights computed whole.
@Suite struct ComputedMatrixTests {
    /// What a formula comes to, as a matrix to compute and as floats of operations on whole tensors.
    private struct Formula: CustomTestStringConvertible, Sendable {
        let name: String
        let make: @Sendable (_ W: Tensor, _ random: inout Numbers) -> (ComputedMatrix, Tensor)
        var testDescription: String { name }
    }

    private static func product(_ rows: Int, _ rank: Int, _ columns: Int, _ random: inout Numbers) -> (
        ComputedMatrix, Tensor
    ) {
        let (up, down) = (random.tensor([rows, rank]), random.tensor([rank, columns]))
        return (.product(up.asStored, down.asStored), up.linear(down.transposed()))
    }

    private static func matrix(_ W: Tensor) -> Tensor { W.reshaped([W.shape[0], W.count / W.shape[0]]) }

    /// Numbers between -1 and 1, had sooner than random ones.
    private struct Numbers {
        var seed: UInt64

        mutating func tensor(_ shape: [Int]) -> Tensor {
            let count = shape.reduce(1, *)
            let values = [Float](unsafeUninitializedCapacity: count) { values, made in
                for i in 0..<count {
                    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    values[i] = Float(Int32(truncatingIfNeeded: seed >> 32)) * 0x1p-31
                }
                made = count
            }
            return Tensor(values, shape: shape)
        }
    }

    private static let formulas: [Formula] = [
        Formula(name: "W + s up down") { W, random in
            let (rows, columns) = (W.shape[0], W.count / W.shape[0])
            let (D, d) = product(rows, 3, columns, &random)
            return (.sum(W.computed, .scaled(D, by: .all(0.7))), matrix(W) + d * 0.7)
        },
        Formula(name: "two of them, one of a high rank") { W, random in
            let (rows, columns) = (W.shape[0], W.count / W.shape[0])
            let (D, d) = product(rows, 130, columns, &random)
            let (E, e) = product(rows, 1, columns, &random)
            let first = ComputedMatrix.sum(W.computed, .scaled(D, by: .all(0.7)))
            return (.sum(first, .scaled(E, by: .all(-0.3))), (matrix(W) + d * 0.7) + e * -0.3)
        },
        Formula(name: "decomposed by rows") { W, random in
            let (rows, columns) = (W.shape[0], W.count / W.shape[0])
            let (D, d) = product(rows, 5, columns, &random)
            let m = random.tensor([rows, 1])
            let V = (matrix(W) + d * 0.5).multipliedByColumn(m)
            return (
                .decomposed(W.computed, difference: D, d: 0.5, scale: .rows(m.values), s: 0.8),
                matrix(W) + (V - matrix(W)) * 0.8
            )
        },
        Formula(name: "decomposed by columns, of Hadamard's product") { W, random in
            let (rows, columns) = (W.shape[0], W.count / W.shape[0])
            let (D, d) = product(rows, 5, columns, &random)
            let (E, e) = product(rows, 2, columns, &random)
            let m = random.tensor([columns])
            let V = (matrix(W) + d * e * 0.5).multipliedByRow(m)
            return (
                .decomposed(W.computed, difference: .hadamard(D, E), d: 0.5, scale: .columns(m.values), s: 1),
                matrix(W) + (V - matrix(W)) * 1
            )
        },
        Formula(name: "Kronecker's product") { W, random in
            let (rows, columns) = (W.shape[0], W.count / W.shape[0])
            let (a, b) = (2, 4)
            let (outer, inner) = (random.tensor([a, b]), random.tensor([rows / a, columns / b]))
            let (x, y) = (outer.values, inner.values)
            let kronecker = (0..<rows * columns).map { at in
                let (row, column) = (at / columns, at % columns)
                return x[row / (rows / a) * b + column / (columns / b)]
                    * y[row % (rows / a) * (columns / b) + column % (columns / b)]
            }
            return (
                .sum(W.computed, .scaled(.kronecker(outer.asStored, inner.asStored), by: .all(0.25))),
                matrix(W) + Tensor(kronecker, shape: [rows, columns]) * 0.25
            )
        },
        Formula(name: "all of another") { W, random in
            let other = random.tensor([W.shape[0], W.count / W.shape[0]])
            return (.between(W.computed, other.computed, s: 0.3), matrix(W) + (other - matrix(W)) * 0.3)
        },
        Formula(name: "made whole, and more after it") { W, random in
            let turn = random.tensor([W.shape[0], W.shape[0]])
            let (D, d) = product(W.shape[0], 2, W.count / W.shape[0], &random)
            let whole = ComputedMatrix.whole(of: W) { turn.linear(matrix($0).transposed()) }
            return (.sum(whole, .scaled(D, by: .all(2))), turn.linear(matrix(W).transposed()) + d * 2)
        },
    ]

    static let settings: [(ComputeSettings.Precision, Int)] = [
        (.float32, 1), (.float32, 3), (.plainSums, 2), (.bfloat16, 2), (.int8, 2),
    ]

    /// More columns than one part has, and fewer rows than a panel has at the end.
    @Test(arguments: formulas, settings) private func linear(
        _ formula: Formula,
        _ settings: (ComputeSettings.Precision, Int)
    ) {
        for level in KernelLevel.allCases where level.isAvailable {
            var random = Numbers(seed: 1)
            let W = random.tensor([70, 1300])
            let (computed, whole) = ComputeSettings.with(kernels: level) { formula.make(W, &random) }
            let weight = Tensor(computed, shape: [70, 1300])
            let x = random.tensor([9, 1300])
            let (a, b) = ComputeSettings.with(precision: settings.0, kernels: level, threads: settings.1) {
                (x.linear(weight), x.linear(whole))
            }
            let sameProducts = a.values == b.values
            #expect(sameProducts && a.values.contains { $0 != 0 })
            let sameNumbers = ComputeSettings.with(kernels: level) {
                weight.values == whole.values
                    && Tensor(computed, shape: [70, 1300]).rows(at: [69, 2]).values == whole.rows(at: [69, 2]).values
            }
            #expect(sameNumbers, "\(level)")
        }
    }

    /// By Winograd's algorithm, by plain sums and rounded; filters in panels and channels.
    @Test(arguments: formulas, settings) private func convolution(
        _ formula: Formula,
        _ settings: (ComputeSettings.Precision, Int)
    ) throws {
        for kernel in [1, 3] {
            var random = Numbers(seed: 2)
            let W = random.tensor([36, 68, kernel, kernel])
            let (computed, whole) = formula.make(W, &random)
            let x = random.tensor([1, 12, 11, 68])
            let (a, b) = try ComputeSettings.with(precision: settings.0, threads: settings.1) {
                try (Self.conv(Tensor(computed, shape: W.shape))(x), Self.conv(whole.reshaped(W.shape))(x))
            }
            let same = a.values == b.values
            #expect(same && a.values.contains { $0 != 0 })
        }
    }

    private static func conv(_ weight: Tensor) throws -> Conv2d {
        let source = GivenWeights(name: "computed", ["weight": weight])
        return try Conv2d(
            Weights(source),
            from: weight.shape[1],
            to: weight.shape[0],
            kernel: weight.shape[2],
            bias: false
        )
    }

    /// Over weights that `int8` keeps, in blocks of 8 bits.
    @Test(arguments: formulas, [ComputeSettings.Precision.float32, .bfloat16, .int8]) private func blocks(
        _ formula: Formula,
        _ precision: ComputeSettings.Precision
    ) {
        for level in KernelLevel.allCases where level.isAvailable {
            var random = Numbers(seed: 4)
            let W = random.tensor([70, 1300]).inQ8Blocks()
            let x = random.tensor([9, 1300])
            var again = random
            let (computed, whole) = ComputeSettings.with(kernels: level) {
                (formula.make(W, &random).0, formula.make(Tensor(W.values, shape: W.shape), &again).1)
            }
            let (a, b) = ComputeSettings.with(precision: precision, kernels: level, threads: 2) {
                (x.linear(Tensor(computed, shape: W.shape)), x.linear(whole))
            }
            let same = a.values == b.values
            #expect(same && a.values.contains { $0 != 0 }, "\(level)")
        }
    }

    /// A gradient goes through what is computed to the inputs.
    @Test func gradient() {
        var random = Numbers(seed: 3)
        let W = random.tensor([40, 33])
        let (D, d) = Self.product(40, 3, 33, &random)
        let weight = Tensor(.sum(W.computed, D), shape: W.shape)
        let (x, seed) = (random.tensor([5, 33]).tracked(), random.tensor([5, 40]))
        let (a, b) = (
            gradients(of: x.linear(weight), seed: seed, for: [x])[0],
            gradients(of: x.linear(W + d), seed: seed, for: [x])[0]
        )
        #expect(a.values == b.values)
    }
}
