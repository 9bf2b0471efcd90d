import Checkpoints
import Foundation
import TensorTestSupport
import Tensors
import Testing

@Suite struct SafetensorsWriterTests {
    /// The same tensors give the official library's bytes.
    @Test func writesTheOfficialBytes() throws {
        let official = Golden("official.safetensors", #filePath)
        var writer = SafetensorsWriter(metadata: ["format": "pt"])
        writer.add("half", official["block.0.half"] / 2, as: .f16)
        writer.add([
            "b.weight": official["block.0.weight"], "a": official["scalar"].reshaped([1]),
            "b.bias": official["special"],
        ])
        let path = Golden.path("written.safetensors", #filePath)
        #expect(try writer.serialized() == [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test func roundsToTheNearestHalf() throws {
        let official = Golden("official.safetensors", #filePath)
        var writer = SafetensorsWriter()
        writer.add("x", official["block.0.weight"], as: .f16)
        writer.add("special", official["special"], as: .f16)
        let folder = try TemporaryFolder()
        let path = folder.path + "/x.safetensors"
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(try bits(file.tensor("x")) == bits(official["widened_half"]))
        #expect(try bits(file.tensor("special")) == bits(official["special.widened"]))
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.safetensors"
        let metadata = ["z": "", "a\"\\\n\u{1}ü😀": "line\r\ttab\u{8}\u{c}/"]
        let tensors = [
            "w": Tensor((0..<200_000).map { Float($0) * 0.37 - 5 }, shape: [200, 1000]), "empty": .zeros([3, 0]),
            "\"quoted\" é": Tensor([.pi], shape: []),
        ]
        var writer = SafetensorsWriter(metadata: metadata)
        writer.add(tensors)
        try writer.write(to: path)
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata == metadata)
        #expect(file.tensorNames == tensors.keys.sorted())
        for (name, tensor) in tensors {
            #expect(try file.tensor(name).values == tensor.values)
            #expect(file.shape(of: name) == tensor.shape)
        }
        #expect(file.entries.allSatisfy { $0.range.lowerBound % 4 == 0 })
    }

    @Test func refusesWhatAHalfCannotHold() {
        var writer = SafetensorsWriter()
        writer.add("w", Tensor([1, 70_000], shape: [2]), as: .f16)
        #expect(message { _ = try writer.serialized() } == "w holds 70000.0, beyond what F16 can; write it as F32")
    }

    @Test func refusesOneNameTwice() {
        var writer = SafetensorsWriter()
        writer.add("w", .zeros([1]))
        writer.add("w", .zeros([2]))
        #expect(throws: CheckpointError.duplicateTensor(name: "w")) { try writer.serialized() }
    }
}
