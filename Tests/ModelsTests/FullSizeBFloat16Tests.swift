import Checkpoints
import Foundation
import Kernels
import Models
import TensorTestSupport
import Tensors
import Testing

private let fullSizeFolder = ProcessInfo.processInfo.environment["PULID_FULL_SIZE_BFLOAT16"]

/// Networks of SDXL's sizes in bfloat16 are no further from doubles than PyTorch's in bfloat16: where PULID_FULL_SIZE_BFLOAT16
/// names a folder that scripts/full_size_bfloat16.py has filled. What they print is in docs/PARITY.md.
@Suite(.serialized, .enabled(if: fullSizeFolder != nil))
struct FullSizeBFloat16Tests {
    private let folder = fullSizeFolder ?? ""

    private func recorded(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(path: "\(folder)/\(name).safetensors")
    }

    /// - Parameters:
    ///   - network: its outputs by name
    ///   - int8: the same of a network whose weights are kept for int8; what it prints is recorded
    private func check(
        _ name: String,
        int8: (() throws -> [String: Tensor])? = nil,
        _ network: () throws -> [String: Tensor]
    ) throws {
        let golden = try recorded(name)
        let parts = golden.tensorNames.filter { $0.hasSuffix(".errors") }.map { String($0.dropLast(".errors".count)) }
        let found = try ComputeSettings.with(precision: .bfloat16, network)
        let in32Bits = try network()
        let in8Bits = try int8.map { try ComputeSettings.with(precision: .int8, $0) }
        #expect(Set(found.keys) == Set(parts))
        for part in parts.sorted() {
            let (expected, theirs) = (try golden.tensor(part), try golden.tensor("\(part).errors").values)
            let (rms, largest) = errors(try #require(found[part]), expected)
            let exact = errors(try #require(in32Bits[part]), expected)
            #expect(rms > 1e-4 && rms <= theirs[0] && largest <= theirs[1], "\(name) \(part)")
            #expect(exact.rms < 2e-5, "\(name) \(part)")
            print("full size\t\(name) \(part)\t\(rms) \(largest)\tPyTorch's \(theirs)\tin 32 bits \(exact.rms)")
            guard let in8Bits else { continue }
            let coarse = errors(try #require(in8Bits[part]), expected)
            #expect(coarse.rms > rms && coarse.rms < 0.06, "\(name) \(part)")
            print("full size\t\(name) \(part)\tin int8 \(coarse.rms) \(coarse.largest)")
        }
    }

    /// The root mean square over that of the values, and the largest over the largest value.
    private func errors(_ found: Tensor, _ expected: Tensor) -> (rms: Float, largest: Float) {
        var (squares, errors, most, worst) = (0.0, 0.0, 0.0, 0.0)
        for (value, reference) in zip(found.values, expected.values) {
            let error = Double(value) - Double(reference)
            squares += Double(reference) * Double(reference)
            errors += error * error
            most = max(most, Double(reference.magnitude))
            worst = max(worst, error.magnitude)
        }
        return (Float((errors / squares).squareRoot()), Float(worst / most))
    }

    private func open<Config: Decodable>(_ type: Config.Type, _ name: String) throws -> (any WeightSource, Config) {
        let file = name.hasPrefix("text") ? "model" : "diffusion_pytorch_model"
        let source = try SafetensorsFile(path: "\(folder)/\(name)/\(file).safetensors")
        let json = try Data(contentsOf: URL(filePath: "\(folder)/\(name)/config.json"))
        return (source, try JSONDecoder().decode(type, from: json))
    }

    @Test func unet() throws {
        let (source, config) = try open(UNet2DConditionModel.Config.self, "unet")
        let kept = Weights(Q8Weights(source, keeping: UNet2DConditionModel.sensitiveLayers))
        let unet = try UNet2DConditionModel(Weights(source), config: config)
        let unetIn8Bits = try UNet2DConditionModel(kept, config: config)
        let x = try (0..<4).map { try recorded("unet").tensor("x.\($0)") }
        func noise(_ unet: UNet2DConditionModel) -> [String: Tensor] {
            let added = UNet2DConditionModel.AddedConditions(textEmbeds: x[2], timeIDs: [x[3].values])
            let text = unet.conditioning(context: x[1])
            return ["noise": unet(x[0].channelsLast(), timestep: 499, text: text, added: added).channelsFirst()]
        }
        try check("unet", int8: { noise(unetIn8Bits) }) { noise(unet) }
    }

    @Test func vae() throws {
        let (source, config) = try open(AutoencoderKL.Config.self, "vae")
        let vae = try AutoencoderKL(Weights(source), config: config)
        let vaeIn8Bits = try AutoencoderKL(Weights(Q8Weights(source)), config: config)
        let (latent, image) = (try recorded("vae").tensor("x.0"), try recorded("vae").tensor("x.1"))
        func both(_ vae: AutoencoderKL) -> [String: Tensor] {
            ["decoded": vae.decode(latent), "mean": vae.encode(image).mean]
        }
        try check("vae", int8: { both(vaeIn8Bits) }) { both(vae) }
    }

    @Test func textEncoders() throws {
        for name in ["text_encoder", "text_encoder_2"] where FileManager.default.fileExists(atPath: "\(folder)/\(name)")
        {
            let (source, config) = try open(CLIPTextConfig.self, name)
            let ids = [try recorded(name).integers("x.0")]
            if name == "text_encoder" {
                let model = try CLIPTextModel(Weights(source), config: config)
                try check(name) { ["penultimate": model(ids).penultimateHiddenState, "pooled": model(ids).pooled] }
            } else {
                let model = try CLIPTextModelWithProjection(Weights(source), config: config)
                try check(name) { ["penultimate": model(ids).penultimateHiddenState, "pooled": model(ids).textEmbeds] }
            }
        }
    }

    @Test func visionTower() throws {
        let file = try WeightFile.open("\(folder)/EVA02_CLIP_L_336_psz14_s6B.pt")
        let tower = try EVAVisionTransformer(checkpoint: Weights(file), metadata: file.metadata)
        let image = try recorded("eva_clip").tensor("x.0")
        try check("eva_clip") {
            let seen = tower(image)
            let states = seen.hiddenStates.enumerated().map { ("hidden.\($0.offset)", $0.element) }
            return Dictionary(uniqueKeysWithValues: states + [("embedding", seen.embedding)])
        }
    }

    @Test(arguments: ["id_encoder", "id_former"])
    func encoder(_ name: String) throws {
        let weights = Weights(try SafetensorsFile(path: "\(folder)/\(name).weights.safetensors")) / "id_adapter"
        let encoder = try PuLIDEncoder(weights)
        let golden = try recorded(name)
        let vector = try golden.tensor("x.0"), hidden = try (0..<5).map { try golden.tensor("hidden.\($0)") }
        try check(name) {
            switch encoder {
            case .v1(let encoder): ["identity": encoder(vector, hiddenStates: hidden)]
            case .v1_1(let encoder): ["identity": encoder(vector, hiddenStates: hidden)]
            }
        }
    }
}
