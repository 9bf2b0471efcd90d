import Checkpoints
import Diffusion
import Foundation
import Models
import Tensors

/// A JSON file: as the index of shards, as a tokenizer with its settings, and as the settings of each network.
func readSettings(_ bytes: [UInt8]) throws {
    let scratch = try Scratch()
    let tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"]
    defer { scratch.remove(tokenizerFiles + ["index.json"]) }
    let index = try scratch.write(bytes, as: "index.json")
    do { _ = try ShardedFile(index: index) } catch let error as CheckpointError {
        try require("\(error)".hasPrefix(scratch.path), "\(error)")
    }
    for name in tokenizerFiles { _ = try scratch.write(bytes, as: name) }
    do {
        let tokenizer = try CLIPTokenizer(folder: scratch.path)
        if tokenizer.maximumLength <= 1 << 10 {
            let count = tokenizer.encode("A <|x|> cat, 7 cats").count
            try require(count == tokenizer.maximumLength, "\(count) tokens of \(tokenizer.maximumLength)")
        }
    } catch is TokenizerError {} catch is CheckpointError {}

    let nothing = Weights(GivenWeights(name: "nothing", [:]))
    decode(UNet2DConditionModel.Config.self, bytes) { _ = try UNet2DConditionModel(nothing, config: $0) }
    decode(AutoencoderKL.Config.self, bytes) { _ = try AutoencoderKL(nothing, config: $0) }
    decode(CLIPTextConfig.self, bytes) { _ = try CLIPTextModel(nothing, config: $0) }
    decode(SchedulerSettings.self, bytes) { _ = try NoiseSchedule($0.process) }
    decode(SDXLModelIndex.self, bytes) { _ in }
}

/// What is wrong is said by many kinds of errors.
private func decode<Config: Decodable>(_ type: Config.Type, _ bytes: [UInt8], _ use: (Config) throws -> Void) {
    if let config = try? JSONSettings.decode(type, from: Data(bytes)) { try? use(config) }
}
