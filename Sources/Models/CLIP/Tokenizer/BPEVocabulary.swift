import Foundation

/// A byte-pair vocabulary in the layout of CLIP's own: 256 bytes, 256 bytes at a word's end, a token for each merge,
/// `<|startoftext|>`, `<|endoftext|>`. Token 0 is "!".
public struct BPEVocabulary: Sendable {
    public struct Merge: Hashable, Sendable {
        public let left: String
        public let right: String

        var order: [UInt8] { Array(left.utf8) + [0] + Array(right.utf8) }
    }

    /// In order of rank.
    public let merges: [Merge]

    /// By id.
    public var tokens: [String] {
        let bytes = ByteAlphabet.order.map { ByteAlphabet.characters[Int($0)] }
        var tokens = bytes + bytes.map { $0 + ByteAlphabet.endOfWord }
        var known = Set(tokens)
        for merge in merges where known.insert(merge.left + merge.right).inserted {
            tokens.append(merge.left + merge.right)
        }
        return tokens + ["<|startoftext|>", "<|endoftext|>"]
    }

    /// The four files of a tokenizer's folder by name, as Stable Diffusion XL's have them.
    ///
    /// - Parameter padding: the token that pads; SDXL's first tokenizer has `<|endoftext|>`, its second "!"
    public func files(padding: String = "<|endoftext|>", maximumLength: Int = 77) -> [String: String] {
        let ids = tokens.enumerated().map { "\(quoted($1)): \($0)" }.joined(separator: ", ")
        let special = """
              "bos_token": "<|startoftext|>",
              "eos_token": "<|endoftext|>",
              "pad_token": \(quoted(padding)),
              "unk_token": "<|endoftext|>"
            """
        return [
            "vocab.json": "{\(ids)}\n",
            "merges.txt": "#version: 0.2\n" + merges.map { "\($0.left) \($0.right)\n" }.joined(),
            "special_tokens_map.json": "{\n\(special)\n}\n",
            "tokenizer_config.json":
                "{\n  \"model_max_length\": \(maximumLength),\n  \"tokenizer_class\": \"CLIPTokenizer\",\n\(special)\n}\n",
        ]
    }

    /// Tokens hold no control characters: only quotes and backslashes are escaped.
    private func quoted(_ token: String) -> String {
        "\"" + token.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
