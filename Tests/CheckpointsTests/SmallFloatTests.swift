import Checkpoints
import Foundation
import TensorTestSupport
import Tensors
import Testing

/// Floats of 8 and 64 bits, and the scales that ComfyUI writes beside the former, as PyTorch widens them.
@Suite struct SmallFloatTests {
    let plain = Golden("small_floats.safetensors", #filePath)
    let path = Golden.path("small_floats.safetensors", #filePath)

    private func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map { $0.isNaN ? 0x7fc0_0000 : $0.bitPattern } }

    @Test(arguments: ["e4m3", "e5m2"]) func everyCode(_ type: String) {
        #expect(bits(plain["\(type).codes"]) == bits(plain["\(type).values"]))
    }

    @Test func doublesAreRounded() {
        #expect(bits(plain["wide"]) == bits(plain["wide.rounded"]))
        #expect(plain.file.bytesInMemory(of: "wide") == 28)
    }

    @Test(arguments: ["e4m3", "e5m2"], ["old", "new"]) func scalesAreApplied(_ type: String, layer: String) throws {
        let file = try WeightFile.open(path)
        let weight = try file.tensor("\(type).\(layer).weight")
        #expect(bits(weight) == bits(plain["\(type).scaled"]))
        // A product that reads it as it is stored.
        var random = TorchRandomSource(seed: 1)
        let x = random.normal([5, 64])
        #expect(bits(x.linear(try file.tensor("\(type).\(layer).weight"))) == bits(x.linear(plain["\(type).scaled"])))
        #expect(file.bytesInMemory(of: "\(type).\(layer).weight") == 48 * 64)
    }

    /// What only says how to read others is no part of a network.
    @Test func notesAreNoTensors() throws {
        let file = try WeightFile.open(path)
        let expected = ["e4m3", "e5m2"].flatMap { type in
            ["codes", "new.weight", "old.weight", "scaled", "values"].map { "\(type).\($0)" }
        }
        #expect(file.tensorNames == expected + ["learned.scale_weight", "wide", "wide.rounded"])
        #expect(file.shape(of: "scaled_fp8") == nil && file.elementType(of: "e4m3.old.scale_input") == nil)
        #expect(throws: WeightsError.self) { try file.tensor("e4m3.old.scale_weight") }
    }

    @Test func filesWithoutNotesStayWhatTheyAre() throws {
        #expect(try WeightFile.open(Golden.path("official.safetensors", #filePath)) is SafetensorsFile)
    }

    /// As compressed-tensors and torchao write them: a scale for each row, of floats or of integers of 8 bits.
    @Test func scalesOfRows() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/rows.safetensors"
        let header =
            #"{"a.weight":{"dtype":"F8_E4M3","shape":[2,2],"data_offsets":[0,4]},"#
            + #""a.weight_scale":{"dtype":"F32","shape":[2,1],"data_offsets":[4,12]},"#
            + #""b.weight":{"dtype":"I8","shape":[2,2],"data_offsets":[12,16]},"#
            + #""b.weight_scale":{"dtype":"F32","shape":[2],"data_offsets":[16,24]},"#
            + #""c.weight":{"dtype":"I8","shape":[2,2],"data_offsets":[24,28]},"#
            + #""c.scale_weight":{"dtype":"F32","shape":[],"data_offsets":[28,32]}}"#
        func floats(_ values: Float...) -> [UInt8] {
            values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
        }
        // 1, 1.5, -2, 0.5
        let small: [UInt8] = [0x38, 0x3c, 0xc0, 0x30]
        let bytes = small + floats(3, 0.1) + [1, 255, 127, 128] + floats(0.5, 2) + [4, 252, 0, 1] + floats(0.25)
        try Data(withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8) + bytes)
            .write(to: URL(fileURLWithPath: path))
        let file = try WeightFile.open(path)
        #expect(file.tensorNames == ["a.weight", "b.weight", "c.weight"])
        #expect(try file.tensor("a.weight").values == [3, 4.5, -0.2, 0.05])
        #expect(try file.tensor("b.weight").values == [0.5, -0.5, 254, -256])
        #expect(try file.tensor("c.weight").values == [1, -1, 0, 0.25])
        for name in file.tensorNames {
            #expect(file.elementType(of: name) == .f32 && file.bytesInMemory(of: name) == 16)
            #expect(try file.tensor(name).shape == [2, 2])
        }
    }

    @Test func aScaleIsOneFiniteNumber() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/scales.safetensors"
        var writer = SafetensorsWriter()
        writer.add("a.weight", Tensor([1, 2], shape: [2]))
        writer.add("a.scale_weight", Tensor([1, 2], shape: [2]))
        writer.add("b.weight", Tensor([1, 2], shape: [2]))
        writer.add("b.scale_weight", Tensor([.nan], shape: []))
        writer.add("c.weight", Tensor([1, -2], shape: [2]), as: .f16)
        writer.add("c.scale_weight", Tensor([3], shape: []))
        try writer.write(to: path)
        let file = try WeightFile.open(path)
        for (layer, count) in [("a", 2), ("b", 1)] {
            #expect(throws: CheckpointError.badScale(tensor: "\(layer).scale_weight", count: count, file: path)) {
                try file.tensor("\(layer).weight")
            }
        }
        #expect(try file.tensor("c.weight").values == [3, -6])
    }
}
