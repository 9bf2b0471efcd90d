import Foundation
import Models
import Testing

@Suite struct BPETrainerTests {
    @Test func learnsTheMostFrequentPairsFirst() {
        let vocabulary = BPETrainer.train(words: ["low": 5, "lower": 2, "newest": 6, "widest": 3], merges: 6)
        #expect(
            vocabulary.merges.map { "\($0.left) \($0.right)" }
                == ["e s", "es t</w>", "l o", "e w", "ew est</w>", "n ewest</w>"]
        )
    }

    @Test func stopsWhenNothingRepeats() {
        #expect(BPETrainer.train(words: ["ab": 1, "cd": 1], merges: 9).merges.isEmpty)
        #expect(BPETrainer.train(words: [:], merges: 9).merges.isEmpty)
        #expect(BPETrainer.train(words: ["aaaa": 1], merges: 9).merges.map { $0.left + $0.right } == ["aa"])
    }

    @Test func countsWordsAsTheTokenizerCutsThem() {
        #expect(
            BPETrainer.words(in: ["A cat's café, a CAT's", "2024"])
                == ["a": 2, "cat": 2, "'s": 2, "café": 1, ",": 1, "2": 2, "0": 1, "4": 1]
        )
    }

    @Test func layoutIsThatOfCLIP() {
        let vocabulary = BPETrainer.train(words: ["abab": 2], merges: 3)
        let tokens = vocabulary.tokens
        #expect(tokens.count == 512 + vocabulary.merges.count + 2)
        #expect(tokens[0] == "!" && tokens[256] == "!</w>" && tokens[255] == "Ń" && tokens[511] == "Ń</w>")
        #expect(tokens[93...96] == ["~", "¡", "¢", "£"])
        #expect(Array(tokens.suffix(3)) == ["abab</w>", "<|startoftext|>", "<|endoftext|>"])
        #expect(Set(tokens).count == tokens.count)
    }

    /// What the trainer writes, the tokenizer reads; frequent words become one token.
    @Test func writesATokenizersFolder() throws {
        let folder = NSTemporaryDirectory() + "bpe-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let texts = Array(repeating: "portrait in watercolor, \"ink\" \\ pixel art, naïve 肖像", count: 3)
        let vocabulary = BPETrainer.train(words: BPETrainer.words(in: texts), merges: 100)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in vocabulary.files(padding: "!", maximumLength: 32) {
            try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let tokenizer = try CLIPTokenizer(folder: folder)
        #expect(tokenizer.paddingID == 0 && tokenizer.maximumLength == 32)
        #expect(tokenizer.endID == vocabulary.tokens.count - 1 && tokenizer.largestID == tokenizer.endID)
        #expect(tokenizer.tokens(texts[0]).count == BPETrainer.words(in: [texts[0]]).values.reduce(0, +))
        #expect(tokenizer.tokens("zzz").count == 3)
    }
}
