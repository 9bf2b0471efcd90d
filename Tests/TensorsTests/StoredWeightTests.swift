import CKernels
import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Weights that are stored in 16 or 8 bits, in blocks, or at an odd address, give the bits that their widened copies give.
@Suite struct StoredWeightTests {
    /// Bytes of a file that tensors borrow from.
    private final class Bytes: @unchecked Sendable {
        let base: UnsafeMutableRawPointer

        init(_ bytes: [UInt8]) {
            base = .allocate(byteCount: bytes.count + 1, alignment: 64)
            // One byte further than any alignment.
            (base + 1).copyMemory(from: bytes, byteCount: bytes.count)
        }

        deinit { base.deallocate() }
    }

    /// The same numbers as they are stored and as floats.
    private func pair(_ shape: [Int], _ element: Element, seed: UInt64) -> (stored: Tensor, floats: Tensor) {
        var random = TorchRandomSource(seed: seed)
        let exact = random.normal(shape.reduce(1, *)).map { value -> Float in
            switch element {
            case .f16: Float(Float16(value))
            case .bf16: Float(bitPattern: value.bitPattern & 0xffff_0000)
            default: value
            }
        }
        let bytes = exact.flatMap { value -> [UInt8] in
            switch element {
            case .f16: withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) { Array($0) }
            case .bf16: withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) { Array($0) }
            default: withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
        }
        let owner = Bytes(bytes)
        let stored = Tensor(borrowing: StoredFloats(owner.base + 1, of: element), shape: shape, owner: owner)
        return (stored, Tensor(exact, shape: shape))
    }

    /// Random bytes as 8-bit floats that are scaled, or as blocks, whose own scales are small numbers.
    private static func bytes(_ count: Int, _ element: Element, seed: UInt64) -> [UInt8] {
        let block = pk_block_of(element.stored)
        let blocks = (count + block.numbers - 1) / block.numbers
        var random = TorchRandomSource(seed: seed)
        var bytes = random.normal(blocks * block.bytes).map { UInt8(truncatingIfNeeded: $0.bitPattern >> 3) }
        guard block.numbers > 1 else { return bytes.map { $0 & 0x7c == 0x7c ? 1 : $0 } }
        let halves = element == .q6k ? [208] : [Element.q4_0, .q5_0, .q8_0].contains(element) ? [0] : [0, 2]
        for start in stride(from: 0, to: bytes.count, by: block.bytes) {
            for half in halves { bytes[start + half + 1] = 0x20 | bytes[start + half + 1] & 0x83 }
        }
        return bytes
    }

    /// The same numbers as they are stored in 8 bits or blocks, and as floats.
    private func smallPair(_ shape: [Int], _ element: Element, seed: UInt64) -> (stored: Tensor, floats: Tensor) {
        let count = shape.reduce(1, *)
        let owner = Bytes(Self.bytes(count, element, seed: seed))
        let numbers = StoredFloats(owner.base + 1, of: element, scale: 0.3)
        var floats = [Float](repeating: 0, count: count)
        floats.withUnsafeMutableBufferPointer { to in
            if let base = to.baseAddress { numbers.copy(0..<count, to: base) }
        }
        #expect(!floats.contains { !$0.isFinite })
        return (Tensor(borrowing: numbers, shape: shape, owner: owner), Tensor(floats, shape: shape))
    }

    private static let small: [Element] = [
        .f8e4m3, .f8e5m2, .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q4k, .q5k, .q6k,
    ]

    /// Blocks that end at rows' ends, and others.
    @Test(arguments: small, [64, 320, 1280])
    func linear(_ element: Element, columns: Int) {
        var random = TorchRandomSource(seed: 1)
        let (stored, floats) = smallPair([70, columns], element, seed: 2)
        for (rows, precision) in [(1, ComputeSettings.Precision.float32), (40, .float32), (40, .bfloat16)] {
            let x = random.normal([rows, columns]).tracked()
            let seed = random.normal([rows, 70])
            let results = [stored, floats].map { weight in
                ComputeSettings.with(precision: precision) {
                    let y = x.linear(weight)
                    let part = x.linear(weight.sliced(axis: 0, 3..<41))
                    return bits(y) + bits(part) + gradients(of: y, seed: seed, for: [x]).flatMap(bits)
                }
            }
            let same = results[0] == results[1]
            #expect(same, "\(rows) rows")
        }
    }

    /// Every instruction set widens to the same bits.
    @Test(arguments: small)
    func levels(_ element: Element) {
        let count = 1234
        let bytes = Self.bytes(count + 77, element, seed: 6)
        let results = [KernelLevel.unfused, .portable, .avx2, .avx512].filter(\.isAvailable).map { level in
            bytes.withUnsafeBytes { bytes in
                var y = [Float](repeating: 0, count: count)
                let numbers = pk_numbers(base: bytes.baseAddress, type: element.stored, scale: 3, first: 0)
                level.products.widen(numbers, 77, count, &y)
                return y.map(\.bitPattern)
            }
        }
        let same = results.allSatisfy { $0 == results[0] }
        #expect(same)
    }

    @Test(arguments: small, [1, 3])
    func smallConv2d(_ element: Element, kernel: Int) throws {
        var random = TorchRandomSource(seed: 3)
        let (stored, floats) = smallPair([33, 20, kernel, kernel], element, seed: 4)
        let x = random.normal([2, 9, 11, 20])
        for precision in ComputeSettings.Precision.allCases {
            let results = try [stored, floats].map { weight in
                let conv = try Conv2d(Weights(OneWeight(weight)), from: 20, to: 33, kernel: kernel, bias: false)
                return ComputeSettings.with(precision: precision) { bits(conv(x)) }
            }
            let same = results[0] == results[1]
            #expect(same, "\(precision)")
        }
    }

    private func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }

    @Test(arguments: [Element.f32, .f16, .bf16])
    func linear(_ element: Element) {
        var random = TorchRandomSource(seed: 1)
        let (stored, floats) = pair([70, 45], element, seed: 2)
        for rows in [1, 3, 300] {
            let x = random.normal([rows, 45]).tracked()
            let seed = random.normal([rows, 70])
            let results = [stored, floats].map { weight in
                let y = x.linear(weight)
                return bits(y) + gradients(of: y, seed: seed, for: [x]).flatMap(bits)
            }
            let same = results[0] == results[1]
            #expect(same, "\(rows) rows")
        }
    }

    @Test(arguments: [Element.f32, .f16, .bf16], [1, 3])
    func conv2d(_ element: Element, kernel: Int) throws {
        var random = TorchRandomSource(seed: 3)
        let (stored, floats) = pair([33, 20, kernel, kernel], element, seed: 4)
        let x = random.normal([2, 9, 11, 20])
        let results = try [stored, floats].map { weight in
            let source = OneWeight(weight)
            return bits(try Conv2d(Weights(source), from: 20, to: 33, kernel: kernel, bias: false)(x))
        }
        let same = results[0] == results[1]
        #expect(same)
    }

    /// What is no product sees floats.
    @Test(arguments: [Element.f32, .f16, .bf16] + small)
    func everythingElse(_ element: Element) {
        let isSmall = Self.small.contains(element)
        let (stored, floats) = isSmall ? smallPair([30, 7], element, seed: 5) : pair([30, 7], element, seed: 5)
        let operations: [(Tensor) -> Tensor] = [
            { $0 }, { $0 + $0 }, { $0.transposed() }, { $0.sliced(axis: 0, 11..<20) }, { $0.sliced(axis: 1, 2..<5) },
            { $0.sliced(axis: 0, 3..<29).sliced(axis: 0, 1..<4) }, { $0.rows(at: [29, 0, 4, 4]) },
            { $0.reshaped([7, 30]) }, { .concatenated([$0, $0], axis: 0) },
        ]
        for (index, operation) in operations.enumerated() {
            #expect(operation(stored).shape == operation(floats).shape)
            let same = bits(operation(stored)) == bits(operation(floats))
            #expect(same, "operation \(index)")
        }
    }

    /// What blocks of 8 bits are made of numbers, those that fit badly too; the last block is not whole.
    @Test func roundedToBlocks() {
        var random = TorchRandomSource(seed: 7)
        var x = random.normal([32 * 9 + 5]).values
        for i in 0..<32 {
            x[32 + i] = (Float(i) - 12.5) * (i == 31 ? 127 / 18.5 : 1)
            x[64 + i] *= 1e-4
            x[96 + i] *= 1e-7
            x[128 + i] *= 1e-12
            x[160 + i] *= 1e7
            x[192 + i] = 0
        }
        (x[230], x[260]) = (-.infinity, .nan)
        let expected = stride(from: 0, to: x.count, by: 32).flatMap { first -> [Float] in
            let block = x[first..<min(first + 32, x.count)]
            guard block.allSatisfy(\.isFinite) else { return block.map { _ in .nan } }
            let scale = Float(Float16((block.map(\.magnitude).max() ?? 0) / 127))
            if scale.isInfinite { return block.map { _ in .nan } }
            return block.map { value in
                let integer = scale == 0 ? 0 : (value * (1 / scale)).rounded(.toNearestOrEven)
                return scale * max(-127, min(127, integer))
            }
        }
        let rounded = Tensor(x, shape: [x.count]).inQ8Blocks().values
        let same = zip(rounded, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
        #expect(same)
        let near = zip(x, rounded).prefix(32).allSatisfy { ($0 - $1).magnitude < 0.02 }
        #expect(near)
    }

    /// Many blocks are made by several threads.
    @Test(arguments: [Element.f32, .f16])
    func manyBlocks(_ element: Element) {
        let (stored, floats) = pair([70, 613], element, seed: 8)
        let rounded = ComputeSettings.with(threads: 3) { stored.inQ8Blocks() }
        let alone = ComputeSettings.with(threads: 1) { floats.inQ8Blocks() }
        #expect(bits(rounded) == bits(alone))
        #expect(bits(rounded) != bits(floats))
        assertClose(rounded, floats, relative: 5e-3, "blocks")
    }

    /// A source of one tensor, whatever its name.
    private final class OneWeight: WeightSource {
        let name = "one weight"
        let tensor: Tensor

        init(_ tensor: Tensor) { self.tensor = tensor }

        var tensorNames: [String] { ["weight"] }
        func shape(of name: String) -> [Int]? { tensor.shape }
        func tensor(_ name: String, shape: [Int], initial: InitialValue) throws -> Tensor { tensor }
    }
}
