import Checkpoints
import Foundation
import TensorTestSupport
import Tensors
import Testing

@Suite struct PyTorchFileTests {
    let expected = Golden("pytorch.safetensors", #filePath).file

    static let files = [
        "pytorch.pt", "pytorch.pth", "pytorch_protocol3.pt", "pytorch_protocol4.pt", "pytorch_protocol5.pt",
        "pytorch_nested.pt", "pytorch_nested.pth",
    ]

    /// Both formats, every protocol, flat and inside a training script's dictionary with DataParallel's prefix.
    @Test(arguments: files) func readsWhatTorchSaved(_ name: String) throws {
        let file = try PyTorchFile(path: Golden.path(name, #filePath))
        #expect(file.tensorNames == expected.tensorNames)
        for name in file.tensorNames {
            #expect(file.shape(of: name) == expected.shape(of: name), "\(name)")
            switch file.elementType(of: name) {
            case .f32?, .f16?, .bf16?, .f64?:
                let (found, wanted) = try (file.tensor(name), expected.tensor(name))
                #expect(bits(found) == bits(wanted), "\(name)")
            default: #expect(try file.integers(name) == expected.integers(name), "\(name)")
            }
        }
        #expect(file.elementType(of: "half") == .f16)
        #expect(file.elementType(of: "nothing") == nil)
    }

    /// 8-bit floats and unsigned integers, which have no storage of their own, and a buffer.
    @Test(arguments: ["pytorch_types.pt", "pytorch_types.pth"]) func typesOfBytes(_ name: String) throws {
        let expected = Golden("pytorch_types.safetensors", #filePath).file
        let file = try PyTorchFile(path: Golden.path(name, #filePath))
        #expect(file.tensorNames == expected.tensorNames)
        for name in file.tensorNames {
            #expect(file.elementType(of: name) == expected.elementType(of: name), "\(name)")
            #expect(file.shape(of: name) == expected.shape(of: name), "\(name)")
            if expected.elementType(of: name)?.isReadAsFloats == true {
                #expect(bits(try file.tensor(name)) == bits(try expected.tensor(name)), "\(name)")
            } else {
                #expect(try file.integers(name) == expected.integers(name), "\(name)")
            }
        }
    }

    /// Objects of argparse, omegaconf, pytorch_lightning, numpy and others beside the weights are passed over.
    @Test(arguments: ["2.ckpt", "4.ckpt", "5.ckpt", ".pth"]) func trainersClasses(_ name: String) throws {
        let file = try PyTorchFile(path: Golden.path("pytorch_trainer\(name)", #filePath))
        #expect(file.tensorNames == expected.tensorNames)
        for name in ["weight", "transposed", "half", "parameter"] {
            #expect(bits(try file.tensor(name)) == bits(try expected.tensor(name)), "\(name)")
        }
    }

    @Test func joinsNamesOfDictionariesInDictionaries() throws {
        let file = try PyTorchFile(path: Golden.path("pytorch_grouped.bin", #filePath))
        #expect(file.tensorNames == ["a.x", "b.y"])
        #expect(bits(try file.tensor("a.x")) == bits(try expected.tensor("weight")))
    }

    @Test func shapesAndNamesAreChecked() throws {
        let file = try PyTorchFile(path: Golden.path("pytorch.pt", #filePath))
        #expect(
            throws: WeightsError.wrongShape(name: "weight", expected: [8, 6], found: [6, 8], source: file.name)
        ) { try file.tensor("weight", shape: [8, 6], initial: .zeros) }
        #expect(throws: WeightsError.missing(name: "weights", source: file.name, nearest: "weight")) {
            try file.tensor("weights", shape: [6, 8], initial: .zeros)
        }
    }

    /// A tensor outlives its file object: it keeps the mapping.
    @Test func tensorsKeepTheirFile() throws {
        func read() throws -> Tensor { try PyTorchFile(path: Golden.path("pytorch.pt", #filePath)).tensor("weight") }
        #expect(bits(try read()) == bits(try expected.tensor("weight")))
    }

    @Test func theContentTellsTheFormat() throws {
        #expect(try WeightFile.open(Golden.path("pytorch.pt", #filePath)) is PyTorchFile)
        #expect(try WeightFile.open(Golden.path("pytorch.pth", #filePath)) is PyTorchFile)
        #expect(try WeightFile.open(Golden.path("pytorch.safetensors", #filePath)) is SafetensorsFile)
        let folder = try TemporaryFolder()
        let text = try folder.file("x.bin", Array("Entry not found".utf8))
        #expect(
            message { _ = try WeightFile.open(text) }
                == "\(text): expected weights (.safetensors, .gguf, or PyTorch's .bin, .pt, .pth), but this is text that "
                + "begins with \"Entry not found\""
        )
    }

    private func bits(_ tensor: Tensor) -> [UInt32] { tensor.values.map(\.bitPattern) }
}
