/// Text to the token ids that CLIP's text encoders read.
///
/// transformers 5: models/clip/tokenization_clip.py::CLIPTokenizer, id for id, on any text. It is the fast tokenizer of
/// earlier versions: no HTML unescaping and no repair of broken encodings, which the old slow one did with ftfy.
public struct CLIPTokenizer: Sendable {
    /// How many ids `encode` gives: 77 for CLIP.
    public let maximumLength: Int
    public let startID: Int
    public let endID: Int
    /// What fills the rest: `<|endoftext|>`, or token 0 in the second tokenizer of SDXL.
    public let paddingID: Int
    /// The largest id it can give.
    public let largestID: Int
    private let added: AddedTokens
    private let encoder: BytePairEncoder

    /// Reads a tokenizer: `vocab.json` with `merges.txt`, or `tokenizer.json`; and its settings from
    /// `tokenizer_config.json` and `special_tokens_map.json`, where they are there.
    ///
    /// - Parameter padding: the id that fills the rest, where the settings are those of another tokenizer
    /// - Throws: `TokenizerError`, `CheckpointError.unreadable`
    public init(_ folder: TokenizerFiles, padding: Int? = nil) throws {
        let files = try VocabularyFiles(folder)
        let settings = try TokenizerSettings(folder)
        var ids: [String: Int] = [:]
        var found: [String: AddedTokens.Token] = [:]
        let listed = files.addedTokens + settings.added
        for role in TokenizerSettings.roles {
            guard let token = settings.tokens[role] else { continue }
            let declared = listed.last { $0.content == token.content }
            guard let id = declared?.id ?? files.vocabulary[token.content] else {
                throw TokenizerError.missingToken(token: token.content, role: "as \(role)", file: files.name)
            }
            ids[role] = id
            // Of two roles that one token has, the later says how it is looked for.
            found[token.content] = AddedTokens.Token(
                content: token.content,
                id: id,
                isNormalized: declared?.isNormalized ?? token.isNormalized
            )
        }
        for token in listed where found[token.content] == nil { found[token.content] = token }

        startID = ids["bos_token", default: 0]
        endID = ids["eos_token", default: 0]
        paddingID = padding ?? ids["pad_token", default: 0]
        maximumLength = settings.maximumLength
        largestID = max(files.vocabulary.values.max() ?? 0, found.values.map(\.id).max() ?? 0)
        added = AddedTokens(Array(found.values))
        encoder = BytePairEncoder(
            vocabulary: files.vocabulary,
            merges: files.merges,
            unknown: ids["unk_token", default: 0]
        )
    }

    /// - Throws: `TokenizerError`, `CheckpointError.unreadable`
    public init(folder: String) throws { try self.init(TokenizerFiles(folder: folder)) }

    /// The tokens of a text alone, however many: no start, end or padding.
    public func tokens(_ text: String) -> [Int] {
        added.split(text).flatMap { piece in
            switch piece {
            case .token(let id): [id]
            case .text(let text):
                WordSplitter.words(text).flatMap { word in
                    encoder.encode(word.flatMap(\.utf8))
                }
            }
        }
    }

    /// How many tokens of a text are used; more are cut off.
    public var tokenLimit: Int { maximumLength - 2 }

    /// Start, the tokens that fit, end, padding: `maximumLength` ids.
    public func encode(_ text: String) -> [Int] {
        let ids = [startID] + tokens(text).prefix(tokenLimit) + [endID]
        return ids + Array(repeating: paddingID, count: maximumLength - ids.count)
    }
}
