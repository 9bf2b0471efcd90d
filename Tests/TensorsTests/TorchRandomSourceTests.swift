import TensorTestSupport
import Tensors
import Testing

/// PyTorch's CPU generator, to the bit.
@Suite struct TorchRandomSourceTests {
    private let golden = Golden("random.safetensors", #filePath)

    /// Every golden is named after its seed and the counts of the calls whose numbers it holds.
    @Test func numbersOfEverySeedAndCount() throws {
        let names = golden.file.tensorNames.filter { $0 != "uniform" }
        #expect(names.count == 38)
        for name in names {
            let parts = name.split(separator: ".")
            let seed = try #require(UInt64(parts[0]) ?? Int64(parts[0]).map { UInt64(bitPattern: $0) })
            var random = TorchRandomSource(seed: seed)
            let found = parts[1].split(separator: "-").compactMap { Int($0) }.flatMap { random.normal($0) }
            let expected = golden[name].values
            #expect(found.count == expected.count)
            #expect(zip(found, expected).allSatisfy { $0.bitPattern == $1.bitPattern }, "\(name)")
        }
    }

    @Test func uniformNumbers() {
        var random = TorchRandomSource(seed: 42)
        #expect((0..<700).map { _ in random.uniform() } == golden["uniform"].values)
    }

    @Test func anEmptyCallDrawsNothing() {
        var (a, b) = (TorchRandomSource(seed: 5), TorchRandomSource(seed: 5))
        #expect(a.normal(0).isEmpty)
        #expect(a.normal(20) == b.normal(20))
    }
}
