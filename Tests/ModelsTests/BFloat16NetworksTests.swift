import Checkpoints
import Foundation
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing

/// Networks in bfloat16 are no further from the reference than PyTorch's in bfloat16 are from doubles.
@Suite struct BFloat16NetworksTests {
    private let bounds = Golden("bfloat16_networks.safetensors", #filePath)

    /// - Parameters:
    ///   - name: of PyTorch's errors
    ///   - expected: in 32 bits, which is exact beside these errors
    private func check(_ name: String, _ expected: Tensor, _ network: () throws -> Tensor) rethrows {
        let found = try ComputeSettings.with(precision: .bfloat16, network)
        let theirs = bounds[name].values
        let (squares, errors) = zip(found.values, expected.values).reduce((0.0, 0.0)) { sums, pair in
            let (value, error) = (Double(pair.1), Double(pair.0) - Double(pair.1))
            return (sums.0 + value * value, sums.1 + error * error)
        }
        let rms = Float((errors / squares).squareRoot())
        #expect(rms > 1e-4 && rms <= theirs[0], "\(name): rms \(rms), PyTorch's \(theirs[0])")
        // A single number may be a little further off.
        assertClose(found, expected, relative: 1.25 * theirs[1], "\(name) in bfloat16, rms \(rms) beside \(theirs[0])")
    }

    private func decoded<Config: Decodable>(_ type: Config.Type, _ path: String) throws -> Config {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
    }

    private func weights(_ folder: String) throws -> Weights {
        Weights(try SafetensorsFile(path: WeightFolder.find(folder, basename: "diffusion_pytorch_model")))
    }

    @Test func unet() throws {
        let folder = goldenFolder + "/sdxl/unet"
        let config = try decoded(UNet2DConditionModel.Config.self, folder + "/config.json")
        let unet = try UNet2DConditionModel(weights(folder), config: config)
        let golden = Golden("unet.safetensors", #filePath)
        func call(_ input: String, timestep: Float, identities: [IDConditioning] = []) -> Tensor {
            let sample = golden["\(input).sample"], sizes = golden["time_ids"].values
            let added = UNet2DConditionModel.AddedConditions(
                textEmbeds: golden["\(input).pooled"],
                timeIDs: (0..<sample.shape[0]).map { Array(sizes[$0 * 6..<($0 + 1) * 6]) }
            )
            let text = unet.conditioning(context: golden["\(input).context"])
            return unet(
                sample.channelsLast(),
                timestep: timestep,
                text: text,
                added: added,
                identities: identities
            ).channelsFirst()
        }
        for input in ["even", "odd"] {
            check("unet \(input).noise", golden["\(input).noise"]) { call(input, timestep: 999) }
        }
        let adapter = try IDAdapter(
            Weights(try SafetensorsFile(path: goldenFolder + "/pulid_attention.safetensors"))
                / "id_adapter_attn_layers",
            unet: unet
        )
        let identity = try SafetensorsFile(path: goldenFolder + "/identity.safetensors")
        let tokens = Tensor.concatenated([try identity.tensor("uncond"), try identity.tensor("id")], axis: 0)
        check("unet identity.v2.8", golden["identity.v2.8"]) {
            let conditioning = adapter.conditioning(tokens: tokens, scale: 0.8, numZero: 8, ortho: .v2)
            return call("even", timestep: 499, identities: [conditioning].compactMap { $0 })
        }
    }

    @Test func vae() throws {
        let folder = goldenFolder + "/sdxl/vae"
        let config = try decoded(AutoencoderKL.Config.self, folder + "/config.json")
        let vae = try AutoencoderKL(weights(folder), config: config)
        let golden = Golden("vae.safetensors", #filePath)
        check("vae decoded", golden["decoded"]) { vae.decode(golden["latent"]) }
        check("vae mean", golden["mean"]) { vae.encode(golden["image"]).mean }
    }

    @Test func textEncoders() throws {
        for name in ["clip_l", "clip_g"] {
            let golden = Golden("\(name).safetensors", #filePath)
            let json = Data(try #require(golden.file.metadata["config"]).utf8)
            let config = try JSONDecoder().decode(CLIPTextConfig.self, from: json)
            let flat = golden.integers("ids")
            let ids = stride(from: 0, to: flat.count, by: 13).map { Array(flat[$0..<$0 + 13]) }
            if name == "clip_l" {
                let model = try CLIPTextModel(golden.weights / "model", config: config)
                check("clip_l penultimate", golden["penultimate"]) { model(ids).penultimateHiddenState }
                check("clip_l pooled", golden["pooled"]) { model(ids).pooled }
            } else {
                let model = try CLIPTextModelWithProjection(golden.weights / "model", config: config)
                check("clip_g penultimate", golden["penultimate"]) { model(ids).penultimateHiddenState }
                check("clip_g pooled", golden["pooled"]) { model(ids).textEmbeds }
            }
        }
    }

    @Test func visionTower() throws {
        let golden = Golden("eva_clip.safetensors", #filePath)
        let kept = golden.file.tensorNames.filter { $0.hasPrefix("visual.") }
        let tower = try EVAVisionTransformer(checkpoint: Weights(Selected(golden.file, names: kept)))
        check("eva_clip embedding", golden["embedding"]) { tower(golden["image"]).embedding }
        for i in 0..<2 {
            check("eva_clip hidden.\(i)", golden["hidden.\(i)"]) { tower(golden["image"]).hiddenStates[i] }
        }
    }

    @Test func identityEncoders() throws {
        var golden = Golden("id_former.safetensors", #filePath)
        var w = golden.weights / "id_adapter"
        let former = try IDFormer(w, config: .init(w, headWidth: 8))
        check("id_former id", golden["1.id"]) {
            former(golden["1.vector"], hiddenStates: (0..<5).map { golden["1.hidden.\($0)"] })
        }
        golden = Golden("id_encoder.safetensors", #filePath)
        w = golden.weights / "id_adapter"
        let encoder = try IDEncoder(w, config: .init(w))
        check("id_encoder id", golden["id"]) {
            encoder(golden["vector"], hiddenStates: (0..<5).map { golden["hidden.\($0)"] })
        }
    }
}
