import Checkpoints
import Foundation
import Models
import TensorTestSupport
import Tensors
import Testing

/// Textual inversions in prompts against diffusers and transformers (scripts/goldens/textual_inversion.py).
struct TextualInversionTests {
    private let golden = Golden("textual_inversion.safetensors", #filePath)
    private let encoder: SDXLPromptEncoder
    private let plain: SDXLPromptEncoder
    private static let path = Golden.path("neg_xl.safetensors", #filePath)

    init() throws {
        plain = try SDXLPromptEncoderTests().encoder()
        encoder = try SDXLPromptEncoderTests().encoder(embeddings: [TextualInversion(Self.path, name: "neg_xl")])
    }

    static let prompts = [
        ("plain", "a portrait, embedding:neg_xl, photo"), ("start", "embedding:neg_xl"),
        ("twice", "embedding:neg_xl\nphoto embedding:neg_xl"), ("start", "embedding:neg_xl.safetensors"),
    ]

    /// Vectors in place of tokens, whatever the weighting; two in one encoder and three in the other.
    @Test(arguments: prompts, PromptReading.Weighting.allCases)
    func encodesAsDiffusers(_ prompt: (name: String, text: String), _ weighting: PromptReading.Weighting) throws {
        for overflow in PromptReading.Overflow.allCases {
            let reading = PromptReading(weighting: weighting, overflow: overflow)
            let found = try encoder(prompt.text, negative: nil, reading: reading)
            assertClose(found.embeds, golden["\(prompt.name).embeds"], relative: 1.8e-6, "\(prompt.name) embeds")
            assertClose(found.pooled, golden["\(prompt.name).pooled"], relative: 1.8e-6, "\(prompt.name) pooled")
            #expect(PromptDoubt.embeddings(in: prompt.text, reading: reading) { ["neg_xl"] }.isEmpty)
        }
    }

    @Test func weighsAsOtherWords() throws {
        let reading = PromptReading(weighting: .comfyui)
        let found = try encoder("a portrait, (embedding:neg_xl:1.3)", negative: nil, reading: reading)
        assertClose(found.embeds, golden["weighted.embeds"], relative: 1.8e-6, "weighted embeds")
        assertClose(found.pooled, golden["weighted.pooled"], relative: 1.8e-6, "weighted pooled")
    }

    @Test func aNegativePromptHasThemToo() throws {
        let text = "a portrait, embedding:neg_xl, photo"
        let both = try encoder("photo", negative: text, reading: PromptReading())
        assertClose(both.negativeEmbeds, golden["plain.embeds"], relative: 1.8e-6)
        assertClose(both.negativePooled, golden["plain.pooled"], relative: 1.8e-6)
        // What does not name one has the bits that it has without.
        #expect(both.embeds.values == plain("photo").embeds.values)
    }

    @Test(
        "weights where parentheses are text",
        arguments: [
            ("a (hat:1.3), ((blue: .5) sea)", ["(hat:1.3)", "(blue: .5)"]), ("a \\(hat:1.3\\)", []), ("(hat)", []),
            ("(at 10:30am)", []), ("a:1.3)", []), ("(a:1.3", []), ("(a (b:2) c:3)", ["(b:2)"]),
        ]
    )
    func weightsThatWeighNothing(text: String, found: [String]) {
        #expect(PromptDoubt.doubts(about: text, weighting: .none) == found.map { .weight($0) })
        #expect(PromptDoubt.doubts(about: text, weighting: .comfyui) == [])
    }

    @Test func whatIsNotKnownIsSaid() throws {
        let (none, comfyUI) = (PromptReading(), PromptReading(weighting: .comfyui))
        let text = "a portrait, embedding:other, <lora:style:0.8> photo (embedding:neg_xl) <3 <LoRA:x> <b>"
        let tags: [PromptDoubt] = [.tag("<lora:style:0.8>"), .tag("<LoRA:x>")]
        #expect(
            PromptDoubt.embeddings(in: text, reading: comfyUI) { ["neg_xl"] }
                == [.unknownEmbedding("other", known: ["neg_xl"], isLeftOut: true)]
        )
        #expect(PromptDoubt.doubts(about: text, weighting: .comfyui) == tags)
        // Parentheses are text there, so that the word does not begin with what marks it.
        #expect(
            PromptDoubt.embeddings(in: text, reading: none) { [] }
                == [.unknownEmbedding("other", known: [], isLeftOut: false), .embeddingWithin("(embedding:neg_xl)")]
        )
        #expect(
            PromptDoubt.embeddings(in: "[embedding:e] x", reading: comfyUI) { ["e"] }.map { "\($0)" } == [
                "[embedding:e] is read as words, as it does not begin with embedding:; put a space before that"
            ]
        )
        // ComfyUI leaves it out but for its comma; else it is words.
        func embeds(_ text: String, _ reading: PromptReading) throws -> [Float] {
            try encoder(text, negative: nil, reading: reading).embeds.values
        }
        #expect(try embeds("a embedding:other, b", comfyUI) == embeds("a , b", comfyUI))
        #expect(try embeds("a embedding:other, b", none) == plain("a embedding:other, b").embeds.values)
        #expect(try embeds("a embedding:other, b", none) != embeds("a , b", none))
    }

    @Test func aLongOneIsCut() throws {
        let text = String(repeating: "embedding:neg_xl ", count: 40)
        let unseen = try #require(try encoder.unseenPart(of: text, reading: PromptReading()))
        #expect(unseen.tokens == 3 * 40 - 75)
        #expect(try encoder(text, negative: nil, reading: PromptReading()).embeds.shape[1] == 77)
        let chunks = PromptReading(overflow: .chunks)
        // 40 words of three vectors are 25 a sequence in one encoder; of two, 37 in the other.
        #expect(try encoder(text, negative: nil, reading: chunks).embeds.shape[1] == 2 * 77)
        try encoder.checkLength(of: text, negative: nil, reading: chunks)
    }

    @Test func anotherModelsIsRefused() throws {
        let path = NSTemporaryDirectory() + "textual-inversion-\(UUID()).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ shapes: [String: [Int]]) throws -> TextualInversion {
            var writer = SafetensorsWriter()
            for (name, shape) in shapes { writer.add(name, Tensor(repeating: 1, shape: shape)) }
            try writer.write(to: path)
            return try TextualInversion(path, name: "x")
        }
        #expect(throws: TextualInversionError.missing("clip_g", file: path)) { try write(["clip_l": [1, 32]]) }
        #expect(throws: TextualInversionError.missing("clip_l", file: path)) { try write(["emb_params": [1, 32]]) }
        #expect(throws: TextualInversionError.wrongShape("clip_l", shape: [1, 2, 16], file: path)) {
            try write(["clip_l": [1, 2, 16], "clip_g": [1, 40]])
        }
        #expect(
            throws: SDXLPromptError.embedding(name: "x", encoder: 2, width: 41, expected: 40, file: path)
        ) {
            try SDXLPromptEncoderTests().encoder(embeddings: [write(["clip_l": [1, 32], "clip_g": [1, 41]])])
        }
        // One vector may stand for itself.
        _ = try SDXLPromptEncoderTests().encoder(embeddings: [write(["clip_l": [32], "clip_g": [40]])])
    }

    /// OneTrainer keeps them in the LoRA's file.
    @Test func aLoRAMayBringThem() throws {
        let path = NSTemporaryDirectory() + "textual-inversion-\(UUID()).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var writer = SafetensorsWriter()
        let own = try SafetensorsFile(path: Self.path)
        for name in own.tensorNames { writer.add("bundle_emb.ada.\(name)", try own.tensor(name)) }
        writer.add("lora_unet_conv_in.diff_b", Tensor(repeating: 1, shape: [16]))
        try writer.write(to: path)
        #expect(try LoRAFile(path).embeddings.map(\.name) == ["ada"])
        let encoder = try SDXLPromptEncoderTests().encoder(embeddings: [TextualInversion(path, name: "ada")])
        let found = try encoder("embedding:ada", negative: nil, reading: PromptReading())
        assertClose(found.embeds, golden["start.embeds"], relative: 1.8e-6)
    }
}
