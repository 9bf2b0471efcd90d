import Checkpoints
import Testing

@Suite struct WeightFolderTests {
    @Test func findsTheFileOrItsHalfPrecisionTwin() throws {
        let folder = try TemporaryFolder()
        let half = try folder.file("model.fp16.safetensors", [])
        #expect(try WeightFolder.find(folder.path, basename: "model") == half)
        let full = try folder.file("model.safetensors", [])
        #expect(try WeightFolder.find(folder.path, basename: "model") == full)
    }

    @Test func saysWhatIsThereInstead() throws {
        let folder = try TemporaryFolder()
        let start = "\(folder.path): there is no model.safetensors or model.fp16.safetensors; "
        func found() -> String? { message { _ = try WeightFolder.find(folder.path, basename: "model") } }

        #expect(found() == start + "the folder is empty")
        _ = try folder.file("config.json", [])
        #expect(found() == start + "found config.json")
        _ = try folder.file("pytorch_model.bin", [])
        #expect(
            found() == start
                + "the weights there are PyTorch's .bin; get the safetensors instead (config.json, pytorch_model.bin)"
        )
        _ = try folder.file("model.safetensors.index.json", [])
        #expect(
            found() == start + "the weights there are split over several files, which are not read yet "
                + "(config.json, model.safetensors.index.json, pytorch_model.bin)"
        )
    }

    @Test func saysWhenThereIsNoFolder() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("a", [])
        #expect(
            message { _ = try WeightFolder.find(folder.path + "/b", basename: "model") }
                == "\(folder.path)/b: cannot be read: there is no such folder"
        )
        #expect(
            message { _ = try WeightFolder.find(file, basename: "model") }
                == "\(file): cannot be read: it is not a folder"
        )
    }
}
