import Checkpoints
import EngineTestSupport
import Foundation
import Tensors
import Testing

/// Weights in several files: each of them counts, whatever the index says.
struct ShardTests {
    /// Cuts a file in two beside an index, or cuts it anew with other numbers in the second part.
    private func shard(_ file: String, as name: String, in test: CommandTest, factor: Float = 1) throws {
        let whole = try SafetensorsFile(path: test.folder(file))
        var writers = [SafetensorsWriter(), SafetensorsWriter()]
        var map: [String: String] = [:]
        for (index, tensor) in whole.tensorNames.enumerated() {
            let part = index % 2
            writers[part].add(tensor, try whole.tensor(tensor) * (part == 1 ? factor : 1))
            map[tensor] = "\(name)-\(part + 1).safetensors"
        }
        for (part, writer) in writers.enumerated() {
            let path = test.folder("\(name)-\(part + 1).safetensors")
            try Data(writer.serialized()).write(to: URL(fileURLWithPath: path))
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let index = try encoder.encode(["weight_map": map])
        try test.folder.write(String(decoding: index, as: UTF8.self), to: "\(name).safetensors.index.json")
    }

    /// What `plan` says will run.
    private func planned(_ test: CommandTest) throws -> [String] {
        let plan = try test.run("plan", "shards.yaml")
        #expect(plan.status == 0, "\(plan.stderr)")
        return plan.lines.dropFirst().dropLast().compactMap { line in
            let columns = line.split(separator: " ")
            return columns.count >= 4 && columns[3] != "0" ? String(columns[0]) : nil
        }
    }

    @Test func aShardThatIsReplacedUnderItsIndexIsRead() throws {
        let test = try CommandTest()
        try shard("models/tiny/pulid.safetensors", as: "pulid", in: test)
        try test.folder.write(
            """
            nodes:
              weights:  {uses: load_weights, file: pulid.safetensors.index.json}
              pulid:    {uses: load_pulid, weights: pulid.safetensors.index.json, eva_clip: models/tiny/eva_clip.safetensors}
              faces:    {uses: load_face_models, folder: models/tiny/face}
              photo:    {uses: draw_face, seed: 1}
              face:     {uses: load_face, image: $photo, models: $faces, crop: whole}
              identity: {uses: encode_id, face: $face, pulid: $pulid}
            outputs:
              weights.safetensors: $weights
              identity.safetensors: $identity

            """,
            to: "shards.yaml"
        )
        let first = try test.run("shards.yaml")
        #expect(first.status == 0, "\(first.stderr)")
        let outputs = ["out/shards/weights.safetensors", "out/shards/identity.safetensors"]
        let before = try outputs.map { try test.folder.bytes(of: $0) }
        #expect(try planned(test) == [])

        let index = try test.folder.bytes(of: "pulid.safetensors.index.json")
        try shard("models/tiny/pulid.safetensors", as: "pulid", in: test, factor: 0.5)
        #expect(try test.folder.bytes(of: "pulid.safetensors.index.json") == index)
        #expect(try planned(test) == ["weights", "identity"])
        let second = try test.run("shards.yaml")
        #expect(test.executed(second).sorted() == ["identity", "weights"])
        #expect(try zip(outputs, before).allSatisfy { try test.folder.bytes(of: $0) != $1 })

        // And one that is not there is named.
        try FileManager.default.removeItem(atPath: test.folder("pulid-2.safetensors"))
        let broken = try test.run("shards.yaml")
        #expect(broken.status != 0)
        #expect(broken.stderr.contains("the part pulid-2.safetensors is missing beside it"), "\(broken.stderr)")
    }
}
