import Checkpoints
import Foundation
import Tensors
import Testing

@Suite struct ShardedFileTests {
    let folder: TemporaryFolder
    let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path + "/model.safetensors.index.json"
        for (name, tensors) in [
            ("model-00001-of-00002.safetensors", ["a": Tensor([1, 2], shape: [2])]),
            ("model-00002-of-00002.safetensors", ["b": Tensor([3], shape: [1]), "c": Tensor([4], shape: [])]),
        ] {
            var writer = SafetensorsWriter(metadata: ["format": "pt"])
            writer.add(tensors, as: name.contains("00001") ? .f16 : .f32)
            try writer.write(to: "\(folder.path)/\(name)")
        }
    }

    private func index(_ text: String) throws { _ = try folder.file("model.safetensors.index.json", Array(text.utf8)) }

    private static func map(_ pairs: [(String, String)]) -> String {
        let list = pairs.map { "\"\($0.0)\": \"\($0.1)\"" }.joined(separator: ", ")
        return "{\"metadata\": {\"total_size\": 16}, \"weight_map\": {\(list)}}"
    }

    private static let first = "model-00001-of-00002.safetensors"
    private static let second = "model-00002-of-00002.safetensors"
    private static let good = [("a", first), ("b", second), ("c", second)]

    @Test func readsEachTensorFromItsPart() throws {
        try index(Self.map(Self.good))
        let file = try WeightFile.open(path)
        #expect(file.tensorNames == ["a", "b", "c"])
        #expect(file.metadata == ["format": "pt"])
        #expect(file.elementType(of: "a") == .f16 && file.elementType(of: "b") == .f32)
        #expect(try ["a", "b", "c"].map { try file.tensor($0).values } == [[1, 2], [3], [4]])
        #expect(throws: WeightsError.missing(name: "d", source: path, nearest: nil)) { try file.tensor("d") }
        #expect(throws: WeightsError.wrongShape(name: "a", expected: [3], found: [2], source: path)) {
            try file.tensor("a", shape: [3], initial: .zeros)
        }
        #expect(try WeightFile.companions(of: path) == [Self.first, Self.second].map { "\(folder.path)/\($0)" })
    }

    /// PyTorch's own, as transformers wrote it before safetensors.
    @Test func pickledParts() throws {
        let folder = try TemporaryFolder()
        let tensor = PickleBytes.tensor(PickleBytes.storage(count: 2), shape: [2], strides: [1])
        for (part, name) in [("1", "a"), ("2", "b")] {
            let pickle = PickleBytes.state(name, tensor)
            let file = ZipBytes(pickle: pickle, storages: ["0": [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]])
            _ = try folder.file("pytorch_model-\(part).bin", file.bytes)
        }
        let map = Self.map([("a", "pytorch_model-1.bin"), ("b", "pytorch_model-2.bin")])
        _ = try folder.file("pytorch_model.bin.index.json", Array(map.utf8))
        let path = try WeightFolder.find(folder.path, basename: "model")
        #expect(path == folder.path + "/pytorch_model.bin.index.json")
        let file = try WeightFile.open(path)
        #expect(try ["a", "b"].map { try file.tensor($0).values } == [[1, 2], [1, 2]])
    }

    static let bad: [(String, ShardIndexFault)] = [
        (map([("a", "../x.safetensors")]), .badShardName("../x.safetensors")),
        (map([("a", "/etc/x.safetensors")]), .badShardName("/etc/x.safetensors")),
        (map([("a", "..\\\\x.safetensors")]), .badShardName("..\\x.safetensors")),
        (map([("a", "x\\u0000.safetensors")]), .badShardName("x\0.safetensors")),
        (map([("a", "pytorch_model.pkl")]), .badShardName("pytorch_model.pkl")),
        (map([("a", "gone.safetensors")]), .missingShard("gone.safetensors")),
        (map([("a", second), ("b", second), ("c", second)]), .tensorNotInShard(tensor: "a", shard: second)),
        (map([("a", first), ("b", second)]), .tensorNotInIndex(tensor: "c", shard: second)),
        (map([("a", first), ("a", first)]), .notJSON(byte: 89, reason: "the key \"a\" comes twice")),
        ("{\"weight_map\": {}}", .empty),
        ("{\"weights\": 1}", .empty),
        ("{\"weight_map\": [1]}", .notJSON(byte: 15, reason: "expected an object")),
        ("{\"weight_map\": {\"a\": 1}}", .notJSON(byte: 21, reason: "expected a string")),
        (
            "{\"x\": " + String(repeating: "[", count: 65),
            .notJSON(byte: 70, reason: "it is nested too deeply")
        ),
        (
            map((0..<1025).map { ("t\($0)", "\($0).safetensors") }),
            .tooManyShards(count: 1025, limit: 1024)
        ),
    ]

    @Test(arguments: bad) func hostileIndexesAreRefused(_ text: String, _ fault: ShardIndexFault) throws {
        try index(text)
        #expect(throws: CheckpointError.badIndex(file: path, fault: fault)) { try WeightFile.open(path) }
    }

    @Test func theMessageSaysWhatToDo() throws {
        try index(Self.map([("a", "gone.safetensors")]))
        #expect(
            message { _ = try WeightFile.open(path) }
                == "\(path): this index of weights in several files cannot be used: the part gone.safetensors is missing "
                + "beside it; download it too"
        )
    }
}
