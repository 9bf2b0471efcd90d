import Checkpoints
import Foundation

/// What `tokenizer_config.json` and `special_tokens_map.json` say: which tokens start, end and pad, and how long.
///
/// transformers: tokenization_utils_base.py::_from_pretrained. The map overrides the configuration, unless the latter
/// is of the newer kind that lists its added tokens.
struct TokenizerSettings {
    /// A token by role: bos_token, eos_token, unk_token, pad_token.
    private(set) var tokens: [String: NamedToken] = [:]
    /// Further tokens that are found in text as they stand.
    private(set) var added: [AddedTokens.Token] = []
    private(set) var maximumLength = 77

    static let roles = ["bos_token", "eos_token", "unk_token", "pad_token"]
    private static let defaults = [
        "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
    ]
    private static let sizeLimit = 4 << 20

    /// A token written as a string, or as an object with its text and flags.
    struct NamedToken: Decodable {
        let content: String
        let isNormalized: Bool

        init(content: String, isNormalized: Bool) { (self.content, self.isNormalized) = (content, isNormalized) }

        private enum Key: String, CodingKey { case content, normalized }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                (content, isNormalized) = (text, false)
                return
            }
            let fields = try decoder.container(keyedBy: Key.self)
            content = try fields.decode(String.self, forKey: .content)
            isNormalized = try fields.decodeIfPresent(Bool.self, forKey: .normalized) ?? false
        }
    }

    private struct File: Decodable {
        let bos_token, eos_token, unk_token, pad_token: NamedToken?
        /// A number beyond Int where no limit was set.
        let model_max_length: Double?
        let added_tokens_decoder: [String: NamedToken]?

        var tokens: [String: NamedToken] {
            ["bos_token": bos_token, "eos_token": eos_token, "unk_token": unk_token, "pad_token": pad_token]
                .compactMapValues { $0 }
        }
    }

    init(_ files: TokenizerFiles) throws {
        let configuration = try Self.file("tokenizer_config.json", of: files)
        tokens = Self.defaults.mapValues { NamedToken(content: $0, isNormalized: false) }
        tokens.merge(configuration?.tokens ?? [:]) { $1 }
        if let decoder = configuration?.added_tokens_decoder {
            for (key, token) in decoder {
                guard let id = Int(key), (0..<1 << 24).contains(id) else {
                    throw TokenizerError.malformed(
                        file: files.path("tokenizer_config.json"),
                        reason: "\"\(key)\" is no token's id"
                    )
                }
                added.append(AddedTokens.Token(content: token.content, id: id, isNormalized: token.isNormalized))
            }
        } else if let map = try Self.file("special_tokens_map.json", of: files) {
            tokens.merge(map.tokens) { $1 }
        }
        if let length = configuration?.model_max_length, length < 1e6 {
            // Start, end, and at least one token between.
            guard let exact = Int(exactly: length), exact >= 3 else {
                throw TokenizerError.malformed(
                    file: files.path("tokenizer_config.json"),
                    reason: "model_max_length is \(length); a whole number of at least 3 is expected"
                )
            }
            maximumLength = exact
        }
    }

    private static func file(_ name: String, of files: TokenizerFiles) throws -> File? {
        guard files.contains(name) else { return nil }
        let path = files.path(name)
        let file = try VocabularyFiles.file(path)
        guard file.count <= sizeLimit else {
            throw TokenizerError.fileTooLarge(file: path, bytes: file.count, limit: sizeLimit)
        }
        do {
            return try JSONSettings.decode(File.self, from: file.withBytes { Data($0) })
        } catch {
            throw TokenizerError.malformed(file: path, reason: "it is no JSON object with a tokenizer's settings")
        }
    }
}
