import Foundation
import Graph
import ModelFiles
import Nodes
import TensorTestSupport
import Testing

/// Files are found under their official names in a folder of downloads, and all that are missing are said at once.
@Suite final class OfficialFilesTests {
    private let runner: NodeRunner
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("downloads-\(UUID())").path
    private static let portrait = "\(goldenFolder)/portrait"

    init() throws {
        runner = try NodeRunner()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func copy(_ source: String, _ name: String) throws {
        let target = URL(fileURLWithPath: "\(folder)/\(name)")
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(atPath: source, toPath: target.path)
    }

    private func problems(_ kind: String, _ parameters: [String: Value]) throws -> [ParameterProblem] {
        let schema = try #require(NodeRegistry.builtin[kind])
        var values: [String: Value] = [:]
        for parameter in schema.parameters { values[parameter.name] = parameter.defaultValue }
        let probe = ParameterProbe(schema, constant: values.merging(parameters) { $1 })
        guard case .problems(let problems, _) = probe.ask([:]) else {
            Issue.record("a parameter was refused")
            return []
        }
        return problems
    }

    @Test func allThatIsMissingIsSaidAtOnce() throws {
        let here = Value.string(folder)
        let faces = try problems("load_face_models", ["folder": here, "detectors": .string("required")])
        #expect(faces.count == 1 && faces[0].parameter == "folder")
        #expect(
            faces[0].message == """
                4 files are missing in \(folder) and its folders:
                  scrfd_10g_bnkps.onnx: the network that finds faces, from antelopev2 of github.com/deepinsight/insightface, as in huggingface.co/DIAMONIK7777/antelopev2
                  glintr100.onnx: the network that tells people apart, from antelopev2 of github.com/deepinsight/insightface, as in huggingface.co/DIAMONIK7777/antelopev2
                  detection_Resnet50_Final.pth: the network that finds eyes, nose and mouth, from github.com/xinntao/facexlib/releases/tag/v0.1.0
                  parsing_bisenet.pth: the network that finds eyes, skin, hair, from github.com/xinntao/facexlib/releases/tag/v0.2.0
                """
        )
        #expect(faces[0].hint == "put them there under these names, or name the folder where they are")
        let pulid = try problems("load_pulid", ["weights": here, "eva_clip": here])
        #expect(pulid.count == 1 && pulid[0].parameter == "weights")
        #expect(pulid[0].message.contains("pulid_v1.bin or pulid_v1.1.safetensors: "))
        #expect(pulid[0].message.contains("EVA02_CLIP_L_336_psz14_s6B.pt: "))
        let sdxl = try problems("load_sdxl", ["base": here, "unet": here])
        #expect(sdxl.count == 1 && sdxl[0].parameter == "base")
        #expect(sdxl[0].message.contains("stable-diffusion-xl-base-1.0 or sd_xl_base_1.0.safetensors"))
        #expect(sdxl[0].message.contains("sdxl_lightning_4step_unet.safetensors: "))
    }

    /// Pictures that are aligned faces need none.
    @Test func detectorsAreOptionalUnlessAskedFor() throws {
        try copy("\(Self.portrait)/antelopev2/glintr100.onnx", "recognizer.safetensors")
        try copy("\(Self.portrait)/parsing_bisenet.pth", "parser.safetensors")
        #expect(try problems("load_face_models", ["folder": .string(folder)]) == [])
        let needed = try problems("load_face_models", ["folder": .string(folder), "detectors": .string("required")])
        #expect(needed.count == 1 && needed[0].message.hasPrefix("2 files are missing in "))
    }

    /// As an unpacked archive within another program's folders; plain names of this project count only at the top.
    @Test func filesAreFoundInFolders() throws {
        try copy("\(Self.portrait)/antelopev2", "insightface/models/antelopev2")
        try copy("\(Self.portrait)/parsing_bisenet.pth", "facexlib/weights/parsing_bisenet.pth")
        try copy("\(Self.portrait)/parsing_bisenet.pth", "a/parser.safetensors")
        try copy("\(Self.portrait)/detection_Resnet50_Final.pth", ".hidden/detection_Resnet50_Final.pth")
        let missing = try problems("load_face_models", ["folder": .string(folder), "detectors": .string("required")])
        #expect(missing.count == 1 && missing[0].message.hasPrefix("a file is missing in "))
        #expect(missing[0].message.contains("detection_Resnet50_Final.pth"))
        let models: FaceModels = try runner.run("load_face_models", ["folder": .string(folder)])
        let plain: FaceModels = try runner.run(
            "load_face_models",
            [
                "folder": .string(Self.portrait), "aligner": .string("\(folder)/.hidden/detection_Resnet50_Final.pth"),
            ]
        )
        #expect(models.record != plain.record)
        try copy("\(Self.portrait)/detection_Resnet50_Final.pth", "detection_Resnet50_Final.pth")
        let complete: FaceModels = try runner.run("load_face_models", ["folder": .string(folder)])
        #expect(complete.record == plain.record)
    }

    /// v1 is what the authors keep for SDXL-Lightning, so it comes first wherever it lies.
    @Test func pulidsFirstVersionComesFirst() throws {
        try copy("\(Self.portrait)/EVA02_CLIP_L_336_psz14_s6B.pt", "EVA02_CLIP_L_336_psz14_s6B.pt")
        try copy("\(Self.portrait)/pulid_v1.1.safetensors", "pulid_v1.1.safetensors")
        func load(_ weights: String) throws -> PuLIDModel {
            try runner.run("load_pulid", ["weights": .string(weights), "eva_clip": .string(folder)])
        }
        #expect(try load(folder).record == load("\(Self.portrait)/pulid_v1.1.safetensors").record)
        try copy("\(Self.portrait)/pulid_v1.bin", "pulid/pulid_v1.bin")
        #expect(try load(folder).record == load("\(Self.portrait)/pulid_v1.bin").record)
    }

    /// A checkpoint in one file, found by its name, needs tokenizers beside it or at the top.
    @Test func checkpointsComeWithTokenizers() throws {
        try copy(Golden.path("single_file/model.safetensors", #filePath), "checkpoints/sd_xl_base_1.0.safetensors")
        let unet = Golden.path("single_file/diffusers/unet/diffusion_pytorch_model.safetensors", #filePath)
        try copy(unet, "sdxl_lightning_4step_unet.safetensors")
        let settings: [String: Value] = ["base": .string(folder), "unet": .string(folder)]
        let missing = try problems("load_sdxl", settings)
        #expect(missing.count == 1 && missing[0].message.contains("  tokenizer and tokenizer_2: "))
        for name in ["tokenizer", "tokenizer_2"] { try copy("\(goldenFolder)/sdxl/\(name)", name) }
        #expect(try problems("load_sdxl", settings) == [])
        // Shapes as small as these make no settings.
        let config: [String: Value] = ["config": .string(Golden.path("single_file/diffusers", #filePath))]
        let found: SDXLModel = try runner.run("load_sdxl", settings.merging(config) { $1 })
        let named: SDXLModel = try runner.run(
            "load_sdxl",
            [
                "base": .string("\(folder)/checkpoints/sd_xl_base_1.0.safetensors"), "unet": .string(unet),
                "tokenizer": .string("\(goldenFolder)/sdxl"),
            ].merging(config) { $1 }
        )
        #expect(found.record == named.record)
    }
}
