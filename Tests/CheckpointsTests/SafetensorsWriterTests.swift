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
        try writer.write(to: path)
        #expect(folder.names == ["a.safetensors"])
    }

    @Test func refusesWhatAHalfCannotHold() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.safetensors"
        var writer = SafetensorsWriter()
        writer.add("w", Tensor([1, 70_000], shape: [2]), as: .f16)
        #expect(
            message { try writer.write(to: path) } == "\(path): w holds 70000.0, beyond what F16 can; write it as F32"
        )
        #expect(folder.names == [])
    }

    @Test func refusesOneNameTwice() {
        var writer = SafetensorsWriter()
        writer.add("w", .zeros([1]))
        writer.add("w", .zeros([2]))
        #expect(throws: CheckpointError.duplicateTensor(name: "w")) { try writer.serialized() }
    }

    @Test func sayWhereItCannotWrite() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/no/such/file"
        #expect(
            message { try SafetensorsWriter().write(to: path) }
                == "\(path): cannot be written: No such file or directory"
        )
    }

    @Test func aFileThatWasThereIsReplacedAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("a.safetensors", Array("old".utf8))
        var bad = SafetensorsWriter()
        bad.add("w", Tensor([1e9], shape: [1]), as: .f16)
        #expect(throws: CheckpointError.self) { try bad.write(to: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try SafetensorsWriter(metadata: ["a": "b"]).write(to: path)
        #expect(try SafetensorsFile(path: path).metadata == ["a": "b"])
    }
}
