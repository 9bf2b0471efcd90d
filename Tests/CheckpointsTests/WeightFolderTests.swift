import Checkpoints
import Testing

@Suite struct WeightFolderTests {
    /// Full precision before half, safetensors before PyTorch's: each file that is added wins over those before.
    @Test(arguments: ["model", "diffusion_pytorch_model"]) func findsTheBestFile(_ basename: String) throws {
        let folder = try TemporaryFolder()
        let pickled = basename == "model" ? "pytorch_model" : basename
        for name in [
            "\(pickled).bin.index.fp16.json", "\(pickled).fp16.bin", "\(pickled).bin.index.json", "\(pickled).bin",
            "\(basename).fp16.safetensors.index.json", "\(basename).safetensors.index.fp16.json",
            "\(basename).fp16.safetensors",
            "\(basename).safetensors.index.json", "\(basename).safetensors",
        ] {
            let path = try folder.file(name, [])
            #expect(try WeightFolder.find(folder.path, basename: basename) == path)
        }
    }

    @Test func saysWhatIsThereInstead() throws {
        let folder = try TemporaryFolder()
        let start =
            "\(folder.path): there is no model.safetensors or model.safetensors.index.json or model.fp16.safetensors or "
            + "model.safetensors.index.fp16.json or model.fp16.safetensors.index.json or pytorch_model.bin or "
            + "pytorch_model.bin.index.json or pytorch_model.fp16.bin or pytorch_model.bin.index.fp16.json; "
        func found() -> String? { message { _ = try WeightFolder.find(folder.path, basename: "model") } }

        #expect(found() == start + "the folder is empty")
        _ = try folder.file("config.json", [])
        #expect(found() == start + "found config.json")
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
