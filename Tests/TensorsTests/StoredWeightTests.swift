import Kernels
import TensorTestSupport
import Tensors
import Testing

/// Weights that are stored in 16 bits, or at an odd address, give the bits that their widened copies give.
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
    private func pair(_ shape: [Int], _ element: pk_element, seed: UInt64) -> (stored: Tensor, floats: Tensor) {
        var random = TorchRandomSource(seed: seed)
        let exact = random.normal(shape.reduce(1, *)).map { value -> Float in
            switch element {
            case PK_F16: Float(Float16(value))
            case PK_BF16: Float(bitPattern: value.bitPattern & 0xffff_0000)
            default: value
            }
        }
        let bytes = exact.flatMap { value -> [UInt8] in
            switch element {
            case PK_F16: withUnsafeBytes(of: Float16(value).bitPattern.littleEndian) { Array($0) }
            case PK_BF16: withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian) { Array($0) }
            default: withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
            }
        }
        let owner = Bytes(bytes)
        let stored = Tensor(borrowing: StoredFloats(owner.base + 1, of: element), shape: shape, owner: owner)
        return (stored, Tensor(exact, shape: shape))
    }

    private func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }

    @Test(arguments: [PK_F32, PK_F16, PK_BF16])
    func linear(_ element: pk_element) {
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

    @Test(arguments: [PK_F32, PK_F16, PK_BF16], [1, 3])
    func conv2d(_ element: pk_element, kernel: Int) throws {
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
    @Test(arguments: [PK_F32, PK_F16, PK_BF16])
    func everythingElse(_ element: pk_element) {
        let (stored, floats) = pair([30, 7], element, seed: 5)
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
