import Foundation
import Models
import TensorTestSupport
import Testing

@Suite struct CLIPTokenizerTests {
    struct Expected: Decodable {
        struct Folder: Decodable {
            let padding: Int
            let length: Int
            /// Without the padding that follows.
            let ids: [[Int]]
        }

        let texts: [String]
        let folders: [String: Folder]
    }

    /// Every id of every text, in folders as the Hub has them ("first", "second"), with listed added tokens
    /// ("decoder"), and as transformers 5 saves them ("saved").
    @Test(arguments: ["first", "second", "decoder", "saved"]) func givesTheReferencesIDs(_ folder: String) throws {
        let expected = try JSONDecoder().decode(
            Expected.self,
            from: Data(contentsOf: URL(fileURLWithPath: golden("expected.json")))
        )
        let reference = try #require(expected.folders[folder])
        let tokenizer = try CLIPTokenizer(folder: golden(folder))
        #expect(tokenizer.maximumLength == reference.length)
        #expect(tokenizer.paddingID == reference.padding)
        #expect(expected.texts.count == reference.ids.count && expected.texts.count > 250)
        for (text, ids) in zip(expected.texts, reference.ids) {
            let padding = Array(repeating: reference.padding, count: reference.length - ids.count)
            #expect(tokenizer.encode(text) == ids + padding, "\(text.debugDescription)")
        }
    }

    @Test func saysHowManyTokensATextHas() throws {
        let tokenizer = try CLIPTokenizer(folder: golden("first"))
        #expect(tokenizer.tokens("").isEmpty)
        #expect(tokenizer.tokenLimit == 75)
        let long = String(repeating: "a ", count: 200)
        #expect(tokenizer.tokens(long).count == 200)
        #expect(tokenizer.encode(long).count == 77)
        #expect(tokenizer.encode(long).last == tokenizer.endID)
    }

    /// A long word takes time in proportion to its length, not to its square.
    @Test func aWordOf128KilobytesIsNoTrap() throws {
        let tokenizer = try CLIPTokenizer(folder: golden("first"))
        let start = ContinuousClock.now
        let count = tokenizer.tokens(String(repeating: "portrait", count: 1 << 14)).count
        #expect((1 << 14...1 << 17).contains(count))
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    // MARK: - Broken folders

    private static let vocabulary = #"{"a": 0, "b</w>": 1, "ab</w>": 2, "<|startoftext|>": 3, "<|endoftext|>": 4}"#

    @Test(arguments: [
        (
            "{\"a\": 0, \"a\": 1}", "",
            "vocab.json: not a CLIP tokenizer's file: the key \"a\" comes twice at byte 9; copy or download it again"
        ),
        (
            "{\"a\": -1}", "",
            "vocab.json: not a CLIP tokenizer's file: expected a whole number of at least 0 at byte 6; copy or download it again"
        ),
        (
            "{\"a\": 99999999}", "",
            "vocab.json: not a CLIP tokenizer's file: the id 99999999 of \"a\" is too large; copy or download it again"
        ),
        ("[]", "", "vocab.json: not a CLIP tokenizer's file: expected an object at byte 0; copy or download it again"),
        ("", "", "vocab.json: not a CLIP tokenizer's file: expected an object at byte 0; copy or download it again"),
        ("{\"a\": 0}", "", "vocab.json: the vocabulary lacks <|startoftext|>, which the tokenizer needs as bos_token"),
        (
            "{\"<|startoftext|>\": 0}", "",
            "vocab.json: the vocabulary lacks <|endoftext|>, which the tokenizer needs as eos_token"
        ),
        (
            vocabulary, "#version: 0.2\na b</w>\na c\n",
            "merges.txt:3: not a merge of two tokens: the vocabulary lacks c; copy or download the file again"
        ),
        (
            vocabulary, "a b</w>\na b</w>\n",
            "merges.txt:2: not a merge of two tokens: it comes twice; copy or download the file again"
        ),
        (
            vocabulary, "b</w> a",
            "merges.txt:1: not a merge of two tokens: the vocabulary lacks b</w>a; copy or download the file again"
        ),
        (
            vocabulary, "a b</w> c",
            "merges.txt:1: not a merge of two tokens: it has 3 parts; copy or download the file again"
        ),
        (vocabulary, "a", "merges.txt:1: not a merge of two tokens: it has 1 parts; copy or download the file again"),
    ])
    func refusesBrokenVocabularies(_ vocabulary: String, _ merges: String, _ message: String) throws {
        let folder = try Folder(["vocab.json": vocabulary, "merges.txt": merges])
        #expect(folder.failure() == "\(folder.path)/\(message)")
    }

    @Test func refusesBrokenSettings() throws {
        func failure(_ name: String, _ text: String) throws -> String? {
            let folder = try Folder(["vocab.json": Self.vocabulary, "merges.txt": "", name: text])
            return folder.failure()?.replacing(folder.path + "/", with: "")
        }
        #expect(
            try failure("tokenizer_config.json", "{\"pad_token\": \"<pad>\"}")
                == "vocab.json: the vocabulary lacks <pad>, which the tokenizer needs as pad_token"
        )
        #expect(
            try failure("special_tokens_map.json", "{\"pad_token\": 3}")
                == "special_tokens_map.json: not a CLIP tokenizer's file: it is no JSON object with a tokenizer's "
                + "settings; copy or download it again"
        )
        #expect(
            try failure("tokenizer_config.json", "{\"model_max_length\": 1.5}")
                == "tokenizer_config.json: not a CLIP tokenizer's file: model_max_length is 1.5; a whole number of at least 3 is expected; copy or download it again"
        )
        #expect(
            try failure("tokenizer_config.json", #"{"added_tokens_decoder": {"x": {"content": "!"}}}"#)
                == "tokenizer_config.json: not a CLIP tokenizer's file: \"x\" is no token's id; copy or download it again"
        )
        #expect(try failure("tokenizer_config.json", "{\"model_max_length\": 1000000000000000019884624838656}") == nil)
        #expect(try failure("tokenizer_config.json", "{}") == nil)
    }

    @Test func refusesFoldersThatAreNoTokenizers() throws {
        let empty = try Folder([:])
        #expect(
            empty.failure()
                == "\(empty.path): there is no vocab.json or tokenizer.json; is this the folder of a CLIP tokenizer?"
        )
        let noMerges = try Folder(["vocab.json": Self.vocabulary])
        #expect(noMerges.failure() == "\(noMerges.path)/merges.txt: cannot be read: No such file or directory")
        let other = try Folder(["tokenizer.json": #"{"model": {"type": "Unigram", "vocab": {}}}"#])
        #expect(
            other.failure()
                == "\(other.path)/tokenizer.json: a tokenizer of type Unigram is not supported for CLIP tokenizers"
        )
    }

    /// A byte that the vocabulary lacks becomes the unknown token.
    @Test func unknownBytesBecomeTheUnknownToken() throws {
        let folder = try Folder(["vocab.json": Self.vocabulary, "merges.txt": "#version: 0.2\r\na b</w>\r\n"])
        let tokenizer = try CLIPTokenizer(folder: folder.path)
        #expect(tokenizer.tokens("ab axb") == [2, 0, 4, 1])
        #expect(tokenizer.largestID == 4)
    }
}

private func golden(_ name: String) -> String { Golden.path("clip_tokenizer/\(name)", #filePath) }

/// A folder with these files, for as long as this object lives.
private final class Folder {
    let path: String

    init(_ files: [String: String]) throws {
        path = NSTemporaryDirectory() + "tokenizer-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)")) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// What reading it as a tokenizer reports.
    func failure() -> String? {
        do {
            _ = try CLIPTokenizer(folder: path)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
