import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

/// Weighted and long prompts against ComfyUI (scripts/goldens/prompt_weights.py).
struct WeightedPromptTests {
    private let golden = Golden("prompt_weights.safetensors", #filePath)
    private let encoder: SDXLPromptEncoder
    private static let comfyUI = PromptReading(weighting: .comfyui, overflow: .chunks)

    init() throws { encoder = try SDXLPromptEncoderTests().encoder() }

    private func prompt(_ name: String) throws -> String {
        let json = try #require(golden.file.metadata["prompts"])
        return try #require(JSONDecoder().decode([String: String].self, from: Data(json.utf8))[name])
    }

    @Test func theSyntaxIsComfyUIs() throws {
        let json = try JSONSerialization.jsonObject(with: Data(#require(golden.file.metadata["syntax"]).utf8))
        let examples = try #require(json as? [[Any]])
        #expect(examples.count > 20)
        for example in examples {
            let text = try #require(example[0] as? String)
            let expected = try #require(example[1] as? [[Any]])
            let pieces = try WeightedText(comfyUI: text).pieces
            #expect(pieces.map(\.text) == expected.map { $0[0] as? String }, "\(text)")
            // Reading decimals back may round the last bit.
            for (piece, expected) in zip(pieces, expected) {
                let weight = try #require(expected[1] as? Double)
                #expect(abs(piece.weight - weight) < 1e-12, "\(text)")
            }
        }
    }

    @Test(arguments: ["weighted", "long", "negative"]) func encodesAsComfyUI(_ name: String) throws {
        let prompt = try encoder(prompt(name), negative: nil, reading: Self.comfyUI)
        assertClose(prompt.embeds, golden["\(name).embeds"], relative: 1.4e-6, "\(name) embeds")
        assertClose(prompt.pooled, golden["\(name).pooled"], relative: 1.4e-6, "\(name) pooled")
        #expect(prompt.negativeEmbeds.shape == prompt.embeds.shape)
        #expect(prompt.negativeEmbeds.values.allSatisfy { $0 == 0 })
    }

    @Test func aPromptHasTheBitsOfItselfAlone() throws {
        let (text, other) = (try prompt("weighted"), try prompt("long"))
        let both = try encoder(text, negative: other, reading: Self.comfyUI)
        let alone = try encoder(text, negative: nil, reading: Self.comfyUI)
        let long = try encoder(other, negative: nil, reading: Self.comfyUI)
        #expect(Array(both.embeds.values.prefix(alone.embeds.count)) == alone.embeds.values)
        #expect(Array(both.negativeEmbeds.values.prefix(long.embeds.count)) == long.embeds.values)
        #expect(both.pooled.values == alone.pooled.values && both.negativePooled.values == long.pooled.values)
    }

    /// 3 sequences beside 2: both come out with 6, each repeated, which attention does not notice.
    @Test func promptAndNegativeHaveOneLength() throws {
        let prompt = try encoder(prompt("long"), negative: prompt("negative"), reading: Self.comfyUI)
        let (long, negative) = (golden["long.embeds"], golden["negative.embeds"])
        #expect(long.shape[1] == 3 * 77 && negative.shape[1] == 2 * 77)
        assertClose(prompt.embeds, .concatenated([long, long], axis: 1), relative: 1.4e-6)
        assertClose(prompt.negativeEmbeds, .concatenated([negative, negative, negative], axis: 1), relative: 1.4e-6)
        assertClose(prompt.negativePooled, golden["negative.pooled"], relative: 1.4e-6)

        var random = TorchRandomSource(seed: 1)
        let q = random.normal([1, 5, 72])
        let (once, twice) = (long, prompt.embeds)
        assertClose(
            scaledDotProductAttention(q, twice, twice, heads: 2),
            scaledDotProductAttention(q, once, once, heads: 2),
            relative: 1.8e-6
        )
    }

    /// Without weights and within one sequence, the options change not one bit.
    @Test(arguments: PromptReading.Weighting.allCases, PromptReading.Overflow.allCases)
    func optionsThatAreNotUsedChangeNothing(_ weighting: PromptReading.Weighting, _ overflow: PromptReading.Overflow)
        throws
    {
        let reading = PromptReading(weighting: weighting, overflow: overflow)
        let text = "portrait of a person,  watercolor\npainting; 1999"
        let plain = encoder(text, negative: "blurry")
        let read = try encoder(text, negative: "blurry", reading: reading)
        #expect(read.embeds.values == plain.embeds.values && read.pooled.values == plain.pooled.values)
        #expect(read.negativeEmbeds.values == plain.negativeEmbeds.values)
        #expect(read.negativePooled.values == plain.negativePooled.values)
    }

    @Test func parenthesesAreTextUnlessAskedOtherwise() throws {
        let text = "a (person:1.3) here"
        let plain = encoder(text)
        #expect(try encoder(text, negative: nil, reading: PromptReading()).embeds.values == plain.embeds.values)
        let weighted = try encoder(text, negative: nil, reading: PromptReading(weighting: .comfyui))
        #expect(weighted.embeds.values != plain.embeds.values)
        // Cut at the same token as without weights.
        let long = String(repeating: "a person here, ", count: 20)
        let cut = try encoder(long, negative: nil, reading: PromptReading(weighting: .comfyui))
        #expect(cut.embeds.values == encoder(long).embeds.values)
    }

    @Test func thePartThatIsCutIsNamed() throws {
        let words = (0..<30).map { "person\($0)" }
        let text = words.joined(separator: "  ")
        let unseen = try #require(try encoder.unseenPart(of: text, reading: PromptReading()))
        let seen = encoder.firstTokenizer.tokens(text).count - unseen.tokens
        #expect(seen == 75)
        #expect(
            unseen.text
                == words.suffix(from: words.count - unseen.text.split(separator: " ").count).joined(separator: " ")
        )
        let before = words.prefix(words.count - unseen.text.split(separator: " ").count).joined(separator: " ")
        #expect(encoder.firstTokenizer.tokens(before).count <= 75)
        #expect(try encoder.unseenPart(of: text, reading: PromptReading(overflow: .chunks)) == nil)
        #expect(try encoder.unseenPart(of: "short", reading: PromptReading()) == nil)
    }

    @Test func nestingHasALimit() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "a" + String(repeating: ")", count: depth)
        }
        #expect(try WeightedText(comfyUI: nested(60)).pieces.map(\.text) == ["a"])
        #expect(throws: PromptError.nestedTooDeep(limit: 64)) { try WeightedText(comfyUI: nested(100_000)) }
        // Without their partners they are text.
        let open = String(repeating: "(", count: 100_000)
        #expect(try WeightedText(comfyUI: open).pieces == [.init(open, 1)])
    }
}
