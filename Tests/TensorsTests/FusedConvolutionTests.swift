import Kernels
import TensorTestSupport
import Tensors
import Testing

/// What a convolution does to its input and adds to its output by itself, against the same done one by one.
@Suite struct FusedConvolutionTests {
    private static func normal(_ shape: [Int], seed: UInt64) -> Tensor {
        var random = TorchRandomSource(seed: seed)
        return random.normal(shape)
    }

    private static func areEqual(_ a: Tensor, _ b: Tensor) -> Bool {
        a.shape == b.shape && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
    }

    /// Many tiles, few, and too few for Winograd; a window of one pixel, and a stride.
    static let cases: [(shape: [Int], outputs: Int, kernel: Int, stride: Int)] = [
        ([1, 100, 90, 16], 40, 3, 1), ([2, 18, 23, 32], 70, 3, 1), ([2, 3, 3, 32], 8, 3, 1),
        ([2, 9, 7, 32], 40, 1, 1), ([1, 19, 18, 32], 33, 3, 2),
    ]

    private struct Layers {
        let conv: Conv2d
        let norm: GroupNorm

        init(_ shape: [Int], outputs: Int, kernel: Int, stride: Int) throws {
            let w = Weights(FreshWeights(name: "fresh", seed: 5))
            let C = shape[3]
            conv = try Conv2d(w / "conv", from: C, to: outputs, kernel: kernel, stride: stride)
            norm = try GroupNorm(w / "norm", groups: 4, channels: C)
        }
    }

    @Test(arguments: cases.indices, ComputeSettings.Precision.allCases)
    func normResidualAndRow(_ index: Int, precision: ComputeSettings.Precision) throws {
        let (shape, outputs, kernel, stride) = Self.cases[index]
        let layers = try Layers(shape, outputs: outputs, kernel: kernel, stride: stride)
        let (conv, norm) = (layers.conv, layers.norm)
        ComputeSettings.with(precision: precision) {
            let x = Self.normal(shape, seed: 1)
            let plain = conv(norm(x, silu: true))
            #expect(Self.areEqual(conv(x, after: norm), plain))

            let row = Self.normal([shape[0], outputs], seed: 2)
            let residual = Self.normal(plain.shape, seed: 3)
            let expected = plain.addingPerPicture(row) + residual
            assertClose(conv(x, after: norm, adding: row, residual: residual), expected, relative: 2e-6, "fused")
            let isKept = Self.areEqual(residual, Self.normal(plain.shape, seed: 3))
            #expect(isKept, "a residual that is held was overwritten")
            let own = conv(x, after: norm, adding: row, residual: Self.normal(plain.shape, seed: 3))
            #expect(Self.areEqual(own, conv(x, after: norm, adding: row, residual: residual)))
            let tracked = conv(x.tracked(), after: norm, adding: row, residual: residual)
            assertClose(tracked, expected, relative: 2e-6, "with gradients")
        }
    }

    @Test(arguments: [([2, 90, 100, 48], 20), ([1, 5, 4, 32], 32), ([1, 3, 3, 16], 24)])
    func pointwiseReplacing(_ shape: [Int], outputs: Int) throws {
        let conv = try Layers(shape, outputs: outputs, kernel: 1, stride: 1).conv
        let x = Self.normal(shape, seed: 1)
        let expected = conv(x)
        let ofHeld = conv(replacing: x)
        #expect(Self.areEqual(ofHeld, expected))
        #expect(Self.areEqual(x, Self.normal(shape, seed: 1)), "a tensor that is held was overwritten")

        let own = Self.normal(shape, seed: 1)
        let before = own.withValues(\.baseAddress)
        let ofOwn = conv(replacing: consume own)
        #expect(Self.areEqual(ofOwn, expected))
        let isInPlace = ofOwn.withValues(\.baseAddress) == before
        #expect(isInPlace == (outputs <= shape[3]))

        let tracked = conv(replacing: Self.normal(shape, seed: 1).tracked())
        #expect(Self.areEqual(tracked, expected))
    }

    @Test(arguments: cases.indices)
    func upsampling(_ index: Int) throws {
        let (shape, outputs, kernel, stride) = Self.cases[index]
        let conv = try Layers(shape, outputs: outputs, kernel: kernel, stride: stride).conv
        let x = Self.normal(shape, seed: 1)
        #expect(Self.areEqual(conv(upsampling: x), conv(x.upsampledNearest2x())))
        #expect(Self.areEqual(conv(upsampling: x.tracked()), conv(upsampling: x)))
    }

    @Test(arguments: cases.indices, [false, true])
    func eitherOrderOfTheWeight(_ index: Int, exact: Bool) throws {
        let (shape, outputs, kernel, stride) = Self.cases[index]
        let conv = try Layers(shape, outputs: outputs, kernel: kernel, stride: stride).conv
        let x = Self.normal(shape, seed: 1)
        ComputeSettings.with(precision: exact ? .plainSums : .float32) {
            let last = x.conv2d(conv.weight.channelsLast(), bias: conv.bias, stride: stride, padding: conv.padding)
            #expect(Self.areEqual(conv(x), last))
        }
    }

    /// Both ways give the same gradients, up to rounding.
    @Test(arguments: [0, 1])
    func inputGradients(padding: Int) {
        let x = Self.normal([2, 21, 18, 24], seed: 1).tracked()
        let weight = Self.normal([33, 3, 3, 24], seed: 2)
        let found = [false, true].map { exact in
            ComputeSettings.with(precision: exact ? .plainSums : .float32) {
                let y = x.conv2d(weight, bias: nil, padding: (padding, padding))
                return gradients(of: y, seed: Self.normal(y.shape, seed: 3), for: [x])[0]
            }
        }
        assertClose(found[0], found[1], relative: 4.2e-6, "dx")
        #expect(!Self.areEqual(found[0], found[1]), "one of the algorithms did not run")
    }

    /// So many filters that they are held in parts: the parts are what they are by themselves.
    @Test(arguments: [(7, 1536), (46, 640)], [false, true])
    func filtersInParts(_ size: (side: Int, channels: Int), exact: Bool) {
        let (side, C) = size
        // 90 MB for the first as plain filters, 68 MB for the second as transformed ones.
        let outputs = exact && side > 7 ? 96 : side > 7 ? 736 : 1632
        let numbers = Self.normal([9973], seed: 1).values
        let weight = Tensor((0..<outputs * 9 * C).map { numbers[$0 % 9973] }, shape: [outputs, 3, 3, C])
        let x = Self.normal([1, side, side, C], seed: 2)
        ComputeSettings.with(precision: exact ? .plainSums : .float32) {
            let whole = x.conv2d(weight, bias: nil, padding: (1, 1))
            for first in [0, outputs - 96] {
                let part = x.conv2d(weight.sliced(axis: 0, first..<first + 96), bias: nil, padding: (1, 1))
                #expect(Self.areEqual(part, whole.sliced(axis: 3, first..<first + 96)), "from \(first)")
            }
        }
    }
}
