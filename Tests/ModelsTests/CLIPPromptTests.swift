import Checkpoints
import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

/// SDXL's prompt encoding against StableDiffusionXLPipeline.encode_prompt, on the random SDXL folder.
@Suite struct SDXLPromptEncoderTests {
    let golden = Golden("clip_prompt.safetensors", #filePath)
    private let folder = Golden.path("../../Goldens/sdxl", #filePath)

    private func decode<Value: Decodable>(_ type: Value.Type, _ path: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
    }

    private func strings(_ key: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(#require(golden.file.metadata[key]).utf8))
    }

    func encoder(
        tokenizers: (String, String) = ("tokenizer", "tokenizer_2"),
        forceZeros: Bool = true,
        embeddings: [TextualInversion] = []
    ) throws -> SDXLPromptEncoder {
        let first = Weights(try SafetensorsFile(path: WeightFolder.find("\(folder)/text_encoder", basename: "model")))
        let second = Weights(
            try SafetensorsFile(path: WeightFolder.find("\(folder)/text_encoder_2", basename: "model"))
        )
        let encoder = try SDXLPromptEncoder(
            tokenizers: (
                CLIPTokenizer(folder: "\(folder)/\(tokenizers.0)"), CLIPTokenizer(folder: "\(folder)/\(tokenizers.1)")
            ),
            first: CLIPTextModel(first, config: decode(CLIPTextConfig.self, "text_encoder/config.json")),
            second: CLIPTextModelWithProjection(
                second,
                config: decode(CLIPTextConfig.self, "text_encoder_2/config.json")
            ),
            forceZerosForEmptyPrompt: forceZeros,
            embeddings: embeddings
        )
        try first.assertAllUsed()
        try second.assertAllUsed()
        return encoder
    }

    @Test func agreesWithDiffusers() throws {
        let encoder = try encoder()
        let prompt = try encoder(strings("texts"), negatives: strings("negatives"))
        assertClose(prompt.embeds, golden["none.embeds"], "embeds")
        assertClose(prompt.pooled, golden["none.pooled"], "pooled")
        assertClose(prompt.negativeEmbeds, golden["given.negative_embeds"], "negative embeds")
        assertClose(prompt.negativePooled, golden["given.negative_pooled"], "negative pooled")
    }

    /// Prompt and negative prompt go through the encoders as one batch; sequences do not see each other.
    @Test func aPromptHasTheBitsOfItselfAlone() throws {
        let encoder = try encoder()
        let both = encoder("a cat, sitting on a mat", negative: "ugly")
        let (alone, negative) = (encoder.encode(["a cat, sitting on a mat"]), encoder.encode(["ugly"]))
        #expect(both.embeds.values == alone.embeds.values && both.pooled.values == alone.pooled.values)
        #expect(both.negativeEmbeds.values == negative.embeds.values)
        #expect(both.negativePooled.values == negative.pooled.values)
    }

    /// Without a negative prompt, diffusers takes zeros, or the empty text's encoding, as model_index.json says.
    @Test func aMissingNegativePromptIsWhatTheModelSays() throws {
        let index = try decode(SDXLModelIndex.self, "model_index.json")
        #expect(index.forceZerosForEmptyPrompt)
        let zeros = try encoder(forceZeros: index.forceZerosForEmptyPrompt)(strings("texts"), negatives: nil)
        #expect(zeros.negativeEmbeds.shape == zeros.embeds.shape && zeros.negativePooled.shape == zeros.pooled.shape)
        #expect(
            zeros.negativeEmbeds.values.allSatisfy { $0 == 0 } && zeros.negativePooled.values.allSatisfy { $0 == 0 }
        )

        let encoded = try encoder(forceZeros: false)(strings("texts"), negatives: nil)
        assertClose(encoded.negativeEmbeds, golden["encoded.negative_embeds"], "negative embeds")
        assertClose(encoded.negativePooled, golden["encoded.negative_pooled"], "negative pooled")
        // An empty text that is given is encoded whatever the model says.
        let empty = try encoder()("a cat", negative: "")
        #expect(empty.negativePooled.values.contains { $0 != 0 })
    }

    @Test func onePromptIsABatchOfOne() throws {
        let encoder = try encoder()
        let texts = try strings("texts")
        let one = encoder(texts[0])
        let both = encoder(texts, negatives: nil)
        #expect(one.embeds.shape == [1, 77, 72] && one.pooled.shape == [1, 40])
        assertClose(one.embeds, both.embeds.sliced(axis: 0, 0..<1), relative: 1e-5)
    }

    @Test func defaultOfTheModelIndexIsZeros() throws {
        #expect(try JSONDecoder().decode(SDXLModelIndex.self, from: Data("{}".utf8)).forceZerosForEmptyPrompt)
    }

    @Test func refusesPartsThatDoNotFit() throws {
        let scratch = NSTemporaryDirectory() + "prompt-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let short = BPETrainer.train(words: [:], merges: 0)
        let relative = "../../../../../../../../../../../../\(scratch)"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        func write(_ files: [String: String]) throws {
            for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(scratch)/\(name)")) }
        }
        try write(short.files(maximumLength: 20))
        #expect(throws: SDXLPromptError.lengthsDiffer(20, 77)) { try encoder(tokenizers: (relative, "tokenizer_2")) }
        try write(short.files(maximumLength: 78))
        #expect(throws: SDXLPromptError.length(encoder: 2, tokens: 78, positions: 77)) {
            try encoder(tokenizers: ("tokenizer", relative))
        }
        let words = (0..<400).map { String(UnicodeScalar(0x4e00 + $0) ?? " ") }
        let large = BPETrainer.train(words: BPETrainer.words(in: words + words), merges: 800)
        try write(large.files())
        #expect(
            throws: SDXLPromptError.vocabulary(encoder: 1, largestID: large.tokens.count - 1, vocabSize: 659)
        ) { try encoder(tokenizers: (relative, "tokenizer_2")) }
    }
}
