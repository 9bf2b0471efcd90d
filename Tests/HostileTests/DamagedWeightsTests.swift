import Checkpoints
import EngineTestSupport
import Tensors
import Testing

/// Files of weights with lost, repeated and altered parts: an error that names the file, or tensors of their stated sizes.
@Suite struct DamagedWeightsTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let files = [
        "official.safetensors", "pytorch.pt", "pytorch.pth", "pytorch_protocol4.pt", "pytorch_protocol5.pt",
        "pytorch_nested.pth", "pytorch_grouped.bin", "pytorch_types.pt",
        "pytorch_types.pth", "pytorch_trainer4.ckpt", "layouts.gguf",
    ]

    @Test(arguments: files) func weights(_ name: String) throws {
        var outcomes = (read: 0, refused: 0)
        for bytes in Damage(whole: try golden(name, of: "CheckpointsTests"), copies: 500, seed: 41) {
            let path = try folder.write(bytes, to: name)
            do {
                let file = try WeightFile.open(path)
                for tensor in file.tensorNames { try read(tensor, of: file) }
                outcomes.read += 1
            } catch let error as CheckpointError {
                #expect("\(error)".hasPrefix("\(path): "))
                outcomes.refused += 1
            }
        }
        // Damage to numbers alone goes unseen, as the formats have no checksums that readers keep to.
        #expect(outcomes.read > 0 && outcomes.refused > 100, "\(outcomes)")
    }

    /// Reads one tensor as whatever it is.
    private func read(_ name: String, of file: any CheckpointSource) throws {
        let count = file.shape(of: name)?.reduce(1, *)
        do {
            #expect(try file.tensor(name).count == count)
        } catch CheckpointError.notFloats {
            do { #expect(try file.integers(name).count == count) } catch CheckpointError.notIntegers {}
        }
    }

    @Test(arguments: ["kohya", "peft", "diffusers"]) func loras(_ name: String) throws {
        var outcomes = (read: 0, refused: 0)
        for bytes in Damage(
            whole: try golden("lora/\(name).safetensors", of: "CheckpointsTests"),
            copies: 300,
            seed: 42
        ) {
            let path = try folder.write(bytes, to: "lora.safetensors")
            do {
                #expect(!(try LoRAFile(path).networks.isEmpty))
                outcomes.read += 1
            } catch let error as CheckpointError {
                #expect("\(error)".contains(path))
                outcomes.refused += 1
            } catch let error as LoRAError {
                #expect("\(error)".contains(path))
                outcomes.refused += 1
            }
        }
        #expect(outcomes.read > 0 && outcomes.refused > 50, "\(outcomes)")
    }
}
