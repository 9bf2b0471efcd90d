import Checkpoints
import Diffusion
import Foundation
import Models
import Tensors

/// Makes the embedded models: every file that a recipe names, in the layouts of the real ones, at a small width, with
/// fresh weights. The same seed gives the same bytes.
public struct TinyModels {
    private let seed: UInt64
    private let put: (_ path: String, _ bytes: [UInt8]) throws -> Void

    /// - Parameter put: takes each file; its path is one within the set's folder
    public static func make(seed: UInt64, _ put: @escaping (_ path: String, _ bytes: [UInt8]) throws -> Void) throws {
        try TinyModels(seed: seed, put: put).make()
    }

    private func make() throws {
        for (path, text) in TinyConfigs.sdxl { try write(text, to: "sdxl/\(path)") }
        let unet = try writeSDXL()
        try writePuLID(for: unet)
        try writeFaceModels()
    }

    private func writeSDXL() throws -> UNet2DConditionModel {
        let vocabulary = try writeTokenizers()
        let unetWeights = fresh("sdxl/unet/diffusion_pytorch_model.safetensors")
        let unet = try UNet2DConditionModel(
            Weights(unetWeights),
            config: config(UNet2DConditionModel.Config.self, "unet/config.json")
        )
        try save(unetWeights)

        let vaeWeights = fresh("sdxl/vae/diffusion_pytorch_model.safetensors")
        _ = try AutoencoderKL(Weights(vaeWeights), config: config(AutoencoderKL.Config.self, "vae/config.json"))
        try save(vaeWeights)

        for (role, isSecond) in [("text_encoder", false), ("text_encoder_2", true)] {
            let text = TinyConfigs.textEncoder(isSecond, vocabulary: vocabulary)
            try write(text, to: "sdxl/\(role)/config.json")
            let config = try JSONDecoder().decode(CLIPTextConfig.self, from: Data(text.utf8))
            let weights = fresh("sdxl/\(role)/model.safetensors")
            if isSecond {
                _ = try CLIPTextModelWithProjection(Weights(weights), config: config)
            } else {
                _ = try CLIPTextModel(Weights(weights), config: config)
            }
            try save(weights)
        }
        return unet
    }

    /// - Returns: the size of the vocabulary
    private func writeTokenizers() throws -> Int {
        // Twice, so that every word is worth its merges.
        let words = BPETrainer.words(in: [TinyConfigs.captionWords, TinyConfigs.captionWords])
        let vocabulary = BPETrainer.train(words: words, merges: 512)
        for (name, text) in vocabulary.files() { try write(text, to: "sdxl/tokenizer/\(name)") }
        for (name, text) in vocabulary.files(padding: "!") { try write(text, to: "sdxl/tokenizer_2/\(name)") }
        return vocabulary.tokens.count
    }

    private func writePuLID(for unet: UNet2DConditionModel) throws {
        let tower = EVAVisionTransformer.Config(
            imageSize: 64,
            patchSize: 8,
            width: 64,
            depth: 10,
            heads: 4,
            mlpWidth: 170,
            outputWidth: 64,
            hiddenStateBlocks: [1, 3, 5, 7, 9]
        )
        let towerWeights = fresh("eva_clip.safetensors")
        _ = try EVAVisionTransformer(Weights(towerWeights) / "visual", config: tower)
        try save(towerWeights, metadata: tower.metadata)

        let weights = fresh("pulid.safetensors")
        let encoder = IDEncoder.Config(
            idWidth: Self.recognitionWidth + tower.outputWidth,
            featureWidth: tower.width,
            contextWidth: unet.config.crossAttentionDim
        )
        _ = try IDEncoder(Weights(weights) / "id_adapter", config: encoder)
        _ = try IDAdapter(Weights(weights) / "id_adapter_attn_layers", unet: unet)
        try save(weights)
    }

    private func writeFaceModels() throws {
        let recognizer = fresh("face/recognizer.safetensors")
        _ = try IResNet(
            Weights(recognizer),
            config: IResNet.Config(
                stemWidth: 16,
                depths: [1, 1, 1, 1],
                widths: [16, 32, 48, 64],
                grid: 2,
                features: Self.recognitionWidth
            )
        )
        try save(recognizer)
        let parser = fresh("face/parser.safetensors")
        _ = try BiSeNet(
            Weights(parser),
            config: BiSeNet.Config(
                stemWidth: 8,
                widths: [8, 16, 24, 32],
                contextWidth: 16,
                fusionWidth: 32,
                headWidth: 32
            )
        )
        try save(parser)
    }

    /// As glintr100's: files that hold a face say 512.
    private static let recognitionWidth = 512

    // MARK: - Files

    /// Weights that remember where they go; each file has its own stream of numbers.
    private func fresh(_ path: String) -> FreshWeights { FreshWeights(name: path, seed: seed) }

    private func save(_ weights: FreshWeights, metadata: [String: String] = [:]) throws {
        var writer = SafetensorsWriter(metadata: metadata.merging(["format": "pt"]) { own, _ in own })
        writer.add(weights.all, as: .f16)
        try put(weights.name, writer.serialized())
    }

    private func write(_ text: String, to path: String) throws {
        let text = text.hasSuffix("\n") ? text : text + "\n"
        try put(path, Array(text.utf8))
    }

    private func config<Config: Decodable>(_ type: Config.Type, _ path: String) throws -> Config {
        try JSONDecoder().decode(type, from: Data((TinyConfigs.sdxl[path] ?? "").utf8))
    }
}
