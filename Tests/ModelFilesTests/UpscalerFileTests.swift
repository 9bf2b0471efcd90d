import Checkpoints
import EngineTestSupport
import ModelFiles
import Models
import TensorTestSupport
import Tensors
import Testing

/// ESRGAN's networks, in every layout that files come in, against spandrel.
struct UpscalerFileTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let layout: UpscalerFiles.Layout
        let channels, blocks, doublings, scale: Int

        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "new_4x", layout: .new, channels: 3, blocks: 2, doublings: 2, scale: 4),
        Case(name: "new_2x", layout: .new, channels: 12, blocks: 1, doublings: 2, scale: 2),
        Case(name: "new_1x", layout: .new, channels: 48, blocks: 1, doublings: 2, scale: 1),
        Case(name: "trunk_4x", layout: .trunk, channels: 3, blocks: 1, doublings: 2, scale: 4),
        Case(name: "sequence_4x", layout: .sequence, channels: 3, blocks: 2, doublings: 2, scale: 4),
        Case(name: "sequence_2x", layout: .sequence, channels: 3, blocks: 1, doublings: 1, scale: 2),
    ]

    private let files: UpscalerFiles
    private let folder: TemporaryFolder

    init() throws { (files, folder) = (try UpscalerFiles(), try TemporaryFolder()) }

    @Test(arguments: cases) func agreesWithSpandrel(_ found: Case) throws {
        let path = folder("4x.safetensors")
        try files.write(
            to: path,
            found.layout,
            channels: found.channels,
            blocks: found.blocks,
            doublings: found.doublings
        )
        #expect(try WeightsKind(WeightFile.open(path)) == .upscaler)
        let config = try UpscalerFile.check(path)
        #expect(config.scale == found.scale && config.blocks == found.blocks && config.width == 4)
        let network = try UpscalerFile.network(UpscalerFile.open(path))
        // A picture whose sides pixel unshuffle does not divide is mirrored at its end.
        let enlarged = network(try files.picture.channelsLast()).channelsFirst()
        assertClose(enlarged, try files.enlarged(found.name), relative: 3e-6, found.name)
    }

    /// What is wrong is said by the header: a tensor of the middle is missing, a file is something else.
    @Test func whatIsNoUpscaler() throws {
        func message(_ path: String) -> String? {
            #expect(throws: (any Error).self) { try UpscalerFile.check(path) }.map {
                "\($0)".replacing(folder.path, with: "")
            }
        }
        let path = folder("4x.safetensors")
        try files.write(to: path, .sequence, leavingOut: "model.1.sub.1.RDB2.conv3.0.bias")
        #expect(
            message(path)
                == "/4x.safetensors: there is no tensor body.1.rdb2.conv3.bias; the nearest name is body.0.rdb2.conv3.bias"
        )
        try files.write(to: path, .new, leavingOut: "body.0.rdb1.conv1.weight")
        #expect(message(path)?.contains("this is something else; expected an upscaler") == true)

        func other(_ tensors: [String: [Int]]) throws -> String? {
            var writer = SafetensorsWriter()
            for (name, shape) in tensors { writer.add(name, .zeros(shape)) }
            try writer.write(to: path)
            return message(path)
        }
        let expected = "expected an upscaler (RRDBNet of ESRGAN, such as RealESRGAN_x4plus.pth)"
        #expect(
            try other(["body.0.weight": [64, 3, 3, 3], "body.1.weight": [64], "body.2.weight": [64, 64, 3, 3]])
                == "/4x.safetensors: this is an upscaler of another kind than ESRGAN's RRDBNet; \(expected)"
        )
        #expect(
            try other(["clip_l": [1, 768], "clip_g": [1, 1280]])
                == "/4x.safetensors: this is a textual inversion for SDXL; name it as `embeddings:` of load_sdxl; \(expected)"
        )
        let grey = [
            "conv_first.weight": [4, 1, 3, 3], "body.0.rdb1.conv1.weight": [8, 4, 3, 3],
            "conv_last.weight": [1, 4, 3, 3],
        ]
        #expect(try other(grey)?.contains("this is one that takes 1 channels and gives 1") == true)
        let smaller = [
            "conv_first.weight": [4, 12, 3, 3], "body.0.rdb1.conv1.weight": [8, 4, 3, 3],
            "conv_last.weight": [3, 4, 3, 3],
        ]
        #expect(try other(smaller)?.contains("this is one that makes pictures smaller") == true)
    }
}
