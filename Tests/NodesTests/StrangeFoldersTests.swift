import Checkpoints
import Foundation
import Graph
import Models
import Nodes
import TensorTestSupport
import Tensors
import Testing

/// Folders that are possible, and that this program cannot follow: the file and the setting are named before anything is
/// computed.
@Suite struct StrangeFoldersTests {
    private let runner = NodeRunner()
    private let folder: ModelFolder

    init() throws { folder = try ModelFolder(copying: goldenFolder + "/sdxl") }

    private func edit(_ file: String, _ old: String, _ new: String) throws {
        let path = "\(folder.path)/\(file)"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.contains(old))
        try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func model() throws -> SDXLModel { try runner.run("load_sdxl", ["base": .string(folder.path)]) }

    private func prompt(overflow: String = "cut") throws -> PromptArtifact {
        try runner.run(
            "encode_prompt",
            ["text": .string("a person"), "overflow": .string(overflow)],
            inputs: ["model": model()]
        )
    }

    private func latent(_ settings: [String: Value] = [:]) throws -> LatentArtifact {
        let parameters: [String: Value] = [
            "seed": .integer(1), "width": .integer(32), "height": .integer(32), "steps": .integer(1),
        ]
        return try runner.run(
            "sample",
            parameters.merging(settings) { $1 },
            inputs: ["model": model(), "prompt": prompt()]
        )
    }

    private func image() throws -> ImageArtifact {
        try runner.run("decode", inputs: ["model": model(), "latent": LatentArtifact(.zeros([1, 4, 4, 4]))])
    }

    private func message(_ body: () throws -> some Any) -> String {
        do {
            _ = try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }

    /// The UNets of InstructPix2Pix, and of those that learned a variance.
    @Test(arguments: [
        ("in_channels", "8", "InstructPix2Pix"), ("out_channels", "8", "in_channels is 4, but out_channels is 8"),
    ])
    func otherUNets(key: String, value: String, reason: String) throws {
        try edit("unet/config.json", "\"\(key)\": 4", "\"\(key)\": \(value)")
        let found = message { try latent() }
        #expect(found.hasPrefix("\(folder.path)/unet/config.json: ") && found.contains("in_channels is"))
        #expect(found.contains(reason), "\(found)")
    }

    @Test(arguments: ["in_channels", "out_channels"]) func autoencodersOfFourColours(key: String) throws {
        try edit("vae/config.json", "\"\(key)\": 3", "\"\(key)\": 4")
        #expect(
            message { try image() }
                == "\(folder.path)/vae/config.json: AutoencoderKL: \(key) is 4, which is not supported; supported: 3: pictures "
                + "are red, green and blue"
        )
    }

    /// Weights of four levels are not those of eight.
    @Test func manyLevels() throws {
        let widths = Array(repeating: "16", count: 8).joined(separator: ", ")
        func types(_ name: String) -> String { Array(repeating: "\"\(name)\"", count: 8).joined(separator: ", ") }
        try Data(
            """
            {"block_out_channels": [\(widths)], "norm_num_groups": 8, "down_block_types": [\(types("DownEncoderBlock2D"))],
             "up_block_types": [\(types("UpDecoderBlock2D"))]}
            """.utf8
        ).write(to: URL(fileURLWithPath: "\(folder.path)/vae/config.json"))
        let found = message { try latent() }
        #expect(found.hasPrefix("\(folder.path)/vae/diffusion_pytorch_model.safetensors: "), "\(found)")
    }

    @Test(arguments: ["-9223372036854775808", "0", "1048577"]) func embeddingsOfNoWidth(value: String) throws {
        let key = "projection_class_embeddings_input_dim"
        try edit("unet/config.json", "\"\(key)\": 88", "\"\(key)\": \(value)")
        #expect(
            message { try latent() }
                == "\(folder.path)/unet/config.json: UNet2DConditionModel: \(key) is \(value), but 1 to 1048576 are expected"
        )
    }

    @Test func tokenizersWithoutRoom() throws {
        for name in ["tokenizer", "tokenizer_2"] {
            try edit("\(name)/tokenizer_config.json", "\"model_max_length\": 77", "\"model_max_length\": 2")
        }
        let found = message { try prompt(overflow: "chunks") }
        #expect(found.contains("/tokenizer_config.json: ") && found.contains("model_max_length is 2"), "\(found)")
    }

    @Test(arguments: [
        ("unet/config.json", "\"freq_shift\": 0", "\"freq_shift\": 4", "freq_shift is 4"),
        ("text_encoder/config.json", "\"layer_norm_eps\": 1e-05", "\"layer_norm_eps\": -1", "layer_norm_eps is -1"),
        ("scheduler/scheduler_config.json", "\"beta_start\": 0.00085", "\"beta_start\": 1e-12", "beta_start is 1e-12"),
        ("vae/config.json", "\"scaling_factor\": 0.13025", "\"scaling_factor\": 1e-38", "scaling_factor is 1e-38"),
        (
            "vae/config.json", "\"latent_channels\": 4", "\"latent_channels\": []",
            "the setting latent_channels has the wrong"
        ),
        ("unet/config.json", "\"norm_num_groups\": 8", "\"norm_num_groups\": 1e39", "a number is too large"),
        (
            "unet/config.json", "\"norm_num_groups\": 8", "\"norm_num_groups\": 8, \"norm_num_groups\": 4",
            "the key \"norm_num_groups\" comes twice"
        ),
    ])
    func whatWouldDivideByZeroIsNamed(file: String, old: String, new: String, reason: String) throws {
        try edit(file, old, new)
        let found = message {
            _ = try latent()
            return try image()
        }
        #expect(found.hasPrefix("\(folder.path)/\(file): ") && found.contains(reason), "\(found)")
    }

    /// A latent remembers how many pixels it stands for, also in a file.
    @Test func anotherFactorIsNoticed() throws {
        let latent = try latent()
        #expect(latent.downscale == 8)
        let path = "\(folder.path)/latent.safetensors"
        try Data(latent.encoded(as: "safetensors", metadata: [])).write(to: URL(fileURLWithPath: path))
        let read: LatentArtifact = try runner.run("load_latent", ["file": .string(path)])
        let kept = try LatentArtifact(record: read.record)
        #expect(kept.downscale == 8 && kept.latent.values == latent.latent.values)
        let tiny = goldenFolder + "/../../models/tiny/sdxl"
        let other: SDXLModel = try runner.run("load_sdxl", ["base": .string(tiny)])
        let found = message {
            try runner.run("decode", as: ImageArtifact.self, inputs: ["model": other, "latent": kept])
        }
        #expect(found.hasPrefix("a position of the latent stands for 8x8 pixels, and this model's VAE makes 4x4"))
        #expect(message { try LatentArtifact(record: LatentArtifact(.zeros([1, 4, 0, 4])).record) }.contains("shape"))
    }

    /// Patches of 8 pixels are compared, and latents are whole.
    @Test(arguments: [68, 20]) func picturesThatPatchesDoNotDivide(size: Int) throws {
        let pictures: DatasetArtifact = try runner.run(
            "make_dataset",
            ["seed": .integer(1), "size": .integer(Int128(size))]
        )
        let found = message {
            try runner.run(
                "train_vae",
                as: WeightsArtifact.self,
                ["seed": .integer(1), "steps": .integer(1), "batch": .integer(1)],
                inputs: ["model": model(), "pictures": pictures]
            )
        }
        #expect(found == "the picture is \(size)x\(size); both sides must be multiples of 8")
    }
}
