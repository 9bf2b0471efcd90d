import Foundation
import Graph
import ModelFiles
import Nodes
import TensorTestSupport
import Testing

/// What is said of files, from their headers alone.
struct InspectionTests {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("..").standardizedFileURL.path
    private static let tiny = URL(fileURLWithPath: tests).appendingPathComponent("../models/tiny").standardizedFileURL
        .path

    /// Files that the official libraries wrote, and those of this project.
    static let files: [(path: String, format: String?, kind: String, details: [String], use: String?)] = [
        (
            "\(tests)/NodesTests/Goldens/single_file/model.safetensors", "safetensors", "SDXL in one file",
            [
                "settings have to be named, as its shapes alone make none: UNet2DConditionModel: norm_num_groups is 32, but 4 channels "
                    + "cannot be so many groups"
            ],
            "{uses: load_sdxl, base: PATH, config: CONFIG, tokenizer: TOKENIZER}"
        ),
        (
            "\(goldenFolder)/sdxl/unet", "diffusers, safetensors", "SDXL's UNet alone",
            ["the whole UNet: SDXL-Lightning's come like this; steps and sampler must be those it was made for"],
            "{uses: load_sdxl, base: BASE, unet: PATH}"
        ),
        (
            "\(goldenFolder)/sdxl/vae/diffusion_pytorch_model.safetensors", "safetensors", "a VAE alone", [],
            "{uses: load_sdxl, base: BASE, vae: PATH}"
        ),
        (
            "\(goldenFolder)/sdxl/text_encoder_2", "diffusers, safetensors",
            "a text encoder alone (CLIP with a projection, SDXL's second)", [], nil
        ),
        ("\(goldenFolder)/sdxl/tokenizer", nil, "a tokenizer", [], "{uses: load_sdxl, base: BASE, tokenizer: PATH}"),
        (
            "\(tests)/CheckpointsTests/Goldens/lora/kohya.safetensors", "safetensors", "a LoRA",
            [
                "in the key style of kohya", "unet: 12 layers, rank 4, alpha 3",
                "text_encoder: 3 layers, rank 4, alpha 3",
                "text_encoder_2: 3 layers, rank 4, alpha 3",
            ], "{uses: load_sdxl, base: BASE, loras: [{file: PATH, scale: 1}]}"
        ),
        (
            "\(tests)/CheckpointsTests/Goldens/lora/peft.safetensors", "safetensors", "a LoRA",
            [
                "in the key style of PEFT", "unet: 12 layers, rank 4, no alpha (as the rank)",
                "text_encoder: 3 layers, rank 4, no alpha (as the rank)",
                "text_encoder_2: 3 layers, rank 4, no alpha (as the rank)",
            ], "{uses: load_sdxl, base: BASE, loras: [{file: PATH, scale: 1}]}"
        ),
        (
            "\(tests)/NodesTests/Goldens/pulid/attention.bin", "PyTorch (zip)",
            "PuLID's identity attention without its encoder",
            ["identities have to come from load_id, as there is nothing to encode a face with"],
            "{uses: load_pulid, weights: PATH, eva_clip: EVA_CLIP}"
        ),
        (
            "\(tests)/NodesTests/Goldens/pulid/attention.pth", "PyTorch (before 1.6)",
            "PuLID's identity attention without its encoder",
            ["identities have to come from load_id, as there is nothing to encode a face with"],
            "{uses: load_pulid, weights: PATH, eva_clip: EVA_CLIP}"
        ),
        (
            "\(tiny)/pulid.safetensors", "safetensors", "PuLID v1", ["IDEncoder: made for SDXL-Lightning"],
            "{uses: load_pulid, weights: PATH, eva_clip: EVA_CLIP}"
        ),
        (
            "\(tiny)/eva_clip.safetensors", "safetensors", "EVA02-CLIP", [],
            "{uses: load_pulid, weights: PULID, eva_clip: PATH}"
        ),
        (
            "\(tiny)/face/recognizer.safetensors", "safetensors", "a face recogniser (IResNet of ArcFace)", [],
            "{uses: load_face_models, folder: FOLDER, recognizer: PATH}"
        ),
        (
            "\(tiny)/face/parser.safetensors", "safetensors", "a face parser (BiSeNet)", [],
            "{uses: load_face_models, folder: FOLDER, parser: PATH}"
        ),
        (
            "\(goldenFolder)/identity.safetensors", "safetensors", "an identity that a recipe wrote",
            ["10 tokens of width 72"],
            "{uses: load_id, file: PATH}"
        ),
        (
            "\(tests)/ONNXTests/Goldens/scrfd11.onnx", "ONNX (operators of version 11)",
            "a face detector (insightface's SCRFD with key points)",
            [
                "takes input.1 [1, 3, any, any]",
                "gives "
                    + ["512", "541", "570", "520", "549", "578", "526", "555", "584"].map { "\($0) [any, any]" }
                    .joined(separator: ", "),
            ], "{uses: load_face_models, folder: FOLDER, detector: PATH}"
        ),
        (
            "\(tests)/ONNXTests/Goldens/iresnet.onnx", "ONNX (operators of version 11)",
            "a face recogniser (insightface's ArcFace) of 7 numbers",
            ["takes input.1 [any, 3, 16, 16]", "gives 467 [1, 7]"],
            "{uses: load_face_models, folder: FOLDER, recognizer: PATH}"
        ),
        ("\(tests)/NodesTests/InspectionTests.swift", nil, "text that begins with \"import Foundation\"", [], nil),
    ]

    @Test(arguments: files.indices) func filesAreToldAndPlaced(_ index: Int) {
        let (path, format, kind, details, use) = Self.files[index]
        let found = FileInspection(path: path)
        #expect(found.format == format)
        #expect(found.kind == kind)
        // The embedded models are smaller than SDXL, which is said of what is judged against it.
        let isSmall = { (line: String) in line.hasPrefix("made for layers of other") || line.contains("; SDXL's are ") }
        #expect(found.details.filter { !isSmall($0) } == details)
        #expect(found.details.contains(where: isSmall) == [1, 5, 6].contains(index))
        #expect(found.use == use?.replacing("PATH", with: path))
        #expect(found.problem == nil)
        #expect(found.bytes > 0)
    }

    @Test func folders() throws {
        let sdxl = FileInspection(path: "\(Self.tiny)/sdxl")
        #expect(sdxl.kind == "SDXL in the layout of diffusers" && sdxl.format == "diffusers" && sdxl.problem == nil)
        #expect(sdxl.use == "{uses: load_sdxl, base: \(Self.tiny)/sdxl}")
        #expect(
            sdxl.parts.map(\.name) == ["unet", "vae", "text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2"]
        )
        #expect(sdxl.bytes == sdxl.parts.map(\.inspection.bytes).reduce(0, +))

        let face = FileInspection(path: "\(Self.tiny)/face")
        #expect(face.kind == "a folder of networks that look at faces")
        #expect(face.details == ["without aligner: detection_Resnet50_Final.pth or aligner.safetensors"])
        #expect(face.use == "{uses: load_face_models, folder: \(Self.tiny)/face}")
        #expect(FileInspection(path: Self.tests).kind == "a folder that holds no model")
        let missing = FileInspection(path: "\(Self.tests)/none")
        #expect(missing.problem == "\(Self.tests)/none: cannot be read: No such file or directory")
    }

    @Test func asJSON() throws {
        let path = "\(goldenFolder)/identity.safetensors"
        let json = try JSONSerialization.jsonObject(
            with: Data(FileInspection(path: path).value(withTensors: true).json.utf8)
        )
        let map = try #require(json as? [String: Any])
        #expect(
            map.keys.sorted() == [
                "bytes", "details", "format", "kind", "parameters", "path", "problem", "tensor_list", "tensors",
                "types",
                "use",
            ]
        )
        #expect(map["types"] as? [String: Int] == ["F32": 2])
        let tensors = try #require(map["tensor_list"] as? [[String: Any]])
        #expect(tensors.map { $0["name"] as? String } == ["id", "uncond"])
        #expect(map["parameters"] as? Int == tensors.map { ($0["shape"] as? [Int] ?? []).reduce(1, *) }.reduce(0, +))
    }

    @Test func namesThatYAMLWouldReadOtherwiseAreQuoted() throws {
        let folder = NSTemporaryDirectory() + "inspect \(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/a $b, {c}: \"d\".safetensors"
        try FileManager.default.copyItem(atPath: "\(Self.tiny)/eva_clip.safetensors", toPath: path)
        #expect(
            FileInspection(path: path).use
                == "{uses: load_pulid, weights: PULID, eva_clip: \"\(folder)/a $$b, {c}: \\\"d\\\".safetensors\"}"
        )
    }

    /// Cut anywhere, and with any bit turned, a file is told or has a problem; nothing ends the program.
    @Test(arguments: [
        "NodesTests/Goldens/red_detector.onnx", "CheckpointsTests/Goldens/pytorch.pt",
        "CheckpointsTests/Goldens/pytorch.pth",
        "Goldens/identity.safetensors", "CheckpointsTests/Goldens/lora/kohya.safetensors",
    ])
    func damagedFiles(_ name: String) throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(Self.tests)/\(name)"))
        let suffix = (name as NSString).pathExtension
        let path = NSTemporaryDirectory() + "damaged-\(UUID().uuidString).\(suffix)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var state: UInt64 = 7
        func random(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for round in 0..<120 {
            var damaged = bytes
            // Headers are where what is read lies.
            let place = random(below: round % 2 == 0 ? bytes.count : min(bytes.count, 2000))
            if round % 3 == 0 { damaged = bytes.prefix(place) } else { damaged[place] ^= 1 << random(below: 8) }
            try damaged.write(to: URL(fileURLWithPath: path))
            let found = FileInspection(path: path)
            #expect(!found.kind.isEmpty)
            #expect(
                try JSONSerialization.jsonObject(with: Data(found.value(withTensors: true).json.utf8)) is [String: Any]
            )
        }
    }

    /// A file's shape may state more than there is.
    @Test func countsThatNoNumberHolds() throws {
        let shape = "[4294967296,4294967296,4294967296,0]"
        let header = Data("{\"x\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[0,0]}}".utf8)
        let path = NSTemporaryDirectory() + "count-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try (withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) } + header)
            .write(to: URL(fileURLWithPath: path))
        let found = FileInspection(path: path)
        #expect(found.parameters == nil || found.parameters == 0)
        #expect(!found.kind.isEmpty)
    }
}
