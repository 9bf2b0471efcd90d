import Checkpoints
import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

@Suite struct AutoencoderKLTests {
    /// Decoding, encoding and sampling against diffusers.
    private func check(_ vae: AutoencoderKL, _ golden: Golden) {
        assertClose(vae.decode(golden["latent"]), golden["decoded"], "decoded")
        let posterior = vae.encode(golden["image"])
        assertClose(posterior.mean, golden["mean"], relative: 4e-6, "mean")
        assertClose(posterior.mode, golden["mean"], relative: 4e-6, "mode")
        assertClose(posterior.logVariance, golden["log_variance"], relative: 5e-6, "log variance")
        assertClose(posterior.sample(noise: golden["noise"]), golden["sample"], relative: 4e-6, "sample")
    }

    private func config(_ json: String) throws -> AutoencoderKL.Config {
        try JSONDecoder().decode(AutoencoderKL.Config.self, from: Data(json.utf8))
    }

    @Test func agreesWithDiffusersOnSDXLsShape() throws {
        let folder = Golden.path("../../Goldens/sdxl/vae", #filePath)
        let config = try config(String(contentsOfFile: "\(folder)/config.json", encoding: .utf8))
        #expect(config.downscale == 8)
        #expect(config.scalingFactor == 0.13025)
        let w = Weights(try SafetensorsFile(path: "\(folder)/diffusion_pytorch_model.safetensors"))
        let vae = try AutoencoderKL(w, config: config)
        try w.assertAllUsed()
        check(vae, Golden("vae.safetensors", #filePath))
    }

    private func sdxl() throws -> AutoencoderKL {
        let folder = Golden.path("../../Goldens/sdxl/vae", #filePath)
        let w = Weights(try SafetensorsFile(path: "\(folder)/diffusion_pytorch_model.safetensors"))
        return try AutoencoderKL(w, config: config(String(contentsOfFile: "\(folder)/config.json", encoding: .utf8)))
    }

    @Test func tileByTileAsInDiffusers() throws {
        let vae = try sdxl()
        let golden = Golden("vae_tiled.safetensors", #filePath)
        let tiling = try AutoencoderKL.Tiling(pixels: 64, downscale: vae.config.downscale)
        var reports: [[Int]] = []
        let decoded = try vae.decode(golden["latent"], tiling: tiling) { reports.append([$0, $1]) }
        assertClose(decoded, golden["decoded"], relative: 6e-6, "decoded in tiles")
        #expect(reports == (0..<6).map { [$0, 6] })
        let posterior = try vae.encode(golden["image"], tiling: tiling)
        assertClose(posterior.mean, golden["mean"], relative: 5e-6, "mean in tiles")
        assertClose(posterior.logVariance, golden["log_variance"], relative: 8e-6, "log variance in tiles")
        #expect(difference(vae.decode(golden["latent"]), golden["decoded"]).relative > 1e-3)
    }

    /// What fits into one tile is not cut, to the bit.
    @Test func onePictureInOneTile() throws {
        let vae = try sdxl()
        let golden = Golden("vae_tiled.safetensors", #filePath)
        let tiling = try AutoencoderKL.Tiling(pixels: 128, downscale: 8)
        #expect(try vae.decode(golden["latent"], tiling: tiling).values == vae.decode(golden["latent"]).values)
        #expect(try vae.encode(golden["image"], tiling: tiling).mode.values == vae.encode(golden["image"]).mode.values)
    }

    @Test(arguments: [-64, 0, 8, 100]) func tilesHaveWholeOverlaps(_ pixels: Int) {
        #expect(throws: ModelConfigError.self) { try AutoencoderKL.Tiling(pixels: pixels, downscale: 8) }
    }

    @Test func agreesWithDiffusersOnAnOddShape() throws {
        let golden = Golden("vae_odd.safetensors", #filePath)
        let config = try config(#require(golden.file.metadata["config"]))
        let w = golden.weights / "model"
        let vae = try AutoencoderKL(w, config: config)
        try w.assertAllUsed()
        check(vae, golden)
    }

    @Test(arguments: ["vae.safetensors", "vae_odd.safetensors"])
    func theGradientOfTheLatentAgreesWithPyTorch(name: String) throws {
        let golden = Golden(name, #filePath)
        let folder = Golden.path("../../Goldens/sdxl/vae", #filePath)
        let vae: AutoencoderKL
        if let json = golden.file.metadata["config"] {
            vae = try AutoencoderKL(golden.weights / "model", config: config(json))
        } else {
            let json = try String(contentsOfFile: "\(folder)/config.json", encoding: .utf8)
            let file = try SafetensorsFile(path: "\(folder)/diffusion_pytorch_model.safetensors")
            vae = try AutoencoderKL(Weights(file), config: config(json))
        }
        let latent = golden["latent"].tracked()
        let gradient = gradients(of: vae.decode(latent), seed: golden["seed"], for: [latent])[0]
        assertClose(gradient, golden["latent_gradient"], relative: 8e-6, "gradient")
    }

    @Test func theOlderNamesOfAttentionAreRead() throws {
        let folder = Golden.path("../../Goldens/sdxl/vae", #filePath)
        let config = try config(String(contentsOfFile: "\(folder)/config.json", encoding: .utf8))
        let file = try SafetensorsFile(path: "\(folder)/diffusion_pytorch_model.safetensors")
        let older = Renamed(
            file,
            renames: [
                ".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn.",
            ]
        )
        #expect(older.tensorNames.contains("decoder.mid_block.attentions.0.proj_attn.weight"))
        let vae = try AutoencoderKL(Weights(older), config: config)
        let golden = Golden("vae.safetensors", #filePath)
        assertClose(vae.decode(golden["latent"]), golden["decoded"])
    }

    @Test func logarithmsOfVarianceAreClamped() throws {
        let config = try AutoencoderKL.Config(blockOutChannels: [4], latentChannels: 1, normNumGroups: 2)
        let fresh = FreshWeights(name: "fresh", seed: 1)
        let quant = Constants(
            fresh,
            [
                "quant_conv.weight": .zeros([2, 2, 1, 1]),
                "quant_conv.bias": Tensor([0.5, 1000], shape: [2]),
            ]
        )
        let vae = try AutoencoderKL(Weights(quant), config: config)
        let posterior = vae.encode(.zeros([1, 3, 2, 2]))
        #expect(posterior.mean.values == [0.5, 0.5, 0.5, 0.5])
        #expect(posterior.logVariance.values == [20, 20, 20, 20])
    }

    @Test(arguments: [
        (#"{"norm_num_groups": 32, "block_out_channels": [48]}"#, "norm_num_groups"),
        (#"{"norm_num_groups": 0, "block_out_channels": [48]}"#, "norm_num_groups"),
        (#"{"block_out_channels": []}"#, "block_out_channels"),
        (#"{"block_out_channels": [9223372036854775807]}"#, "block_out_channels"),
        (#"{"block_out_channels": [-64]}"#, "block_out_channels"),
        (#"{"latent_channels": 4611686018427387904}"#, "latent_channels"),
        (#"{"layers_per_block": -2}"#, "layers_per_block"),
        (#"{"scaling_factor": 0}"#, "scaling_factor"), (#"{"scaling_factor": 1e-38}"#, "scaling_factor"),
        (#"{"in_channels": 4}"#, "in_channels"), (#"{"out_channels": 4}"#, "out_channels"),
        (#"{"act_fn": "mish"}"#, "act_fn"),
        (#"{"shift_factor": 0.1}"#, "shift_factor"),
        (#"{"latents_mean": [0, 0, 0, 0]}"#, "latents_mean"),
        (#"{"block_out_channels": [64], "down_block_types": ["AttnDownEncoderBlock2D"]}"#, "down_block_types"),
        (#"{"block_out_channels": [64], "up_block_types": []}"#, "up_block_types"),
    ])
    func configurationsThatCannotBeAreRefused(json: String, key: String) throws {
        let error = #expect(throws: ModelConfigError.self) { try config(json) }
        switch error {
        case .invalid(_, let found, _, _), .unsupported(_, let found, _, _): #expect(found == key)
        case nil: break
        }
    }

    @Test func aWrongShapeNamesTheTensor() throws {
        let folder = Golden.path("../../Goldens/sdxl/vae", #filePath)
        let w = Weights(try SafetensorsFile(path: "\(folder)/diffusion_pytorch_model.safetensors"))
        let error = #expect(throws: (any Error).self) { try AutoencoderKL(w, config: AutoencoderKL.Config()) }
        #expect(String(describing: error).contains("encoder.conv_in.weight"))
    }
}
