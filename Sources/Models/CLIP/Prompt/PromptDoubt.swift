/// Something in a prompt that is not taken as it was probably meant.
public enum PromptDoubt: Hashable, Sendable {
    /// A textual inversion that is not among those that are known; left out, or read as words.
    case unknownEmbedding(String, known: [String], isLeftOut: Bool)
    /// A word with `embedding:` in it that does not begin with it, as `[embedding:style]`.
    case embeddingWithin(String)
    /// `<lora:style:0.8>` of A1111, which is read as words.
    case tag(String)
}

extension PromptDoubt {
    /// Tags for what A1111 merges or adds, in the order of the text.
    static func tags(in text: String) -> [PromptDoubt] {
        var found: [PromptDoubt] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...]
            let end = rest.firstIndex(of: ">") ?? rest.endIndex
            let isTag = ["<lora:", "<lyco:", "<hypernet:"].contains { rest.prefix(16).lowercased().hasPrefix($0) }
            if isTag, end < rest.endIndex { found.append(.tag(String(rest[...end]))) }
            rest = rest.dropFirst()
        }
        return found
    }
}

extension PromptDoubt: CustomStringConvertible {
    /// Follows "the prompt: ".
    public var description: String {
        switch self {
        case .unknownEmbedding(let name, let known, let isLeftOut):
            "embedding:\(name) is not known and \(isLeftOut ? "left out" : "read as words"); name its file under "
                + "`embeddings` of load_sdxl"
                + (known.isEmpty ? "" : ", where there is " + known.prefix(8).joined(separator: ", "))
        case .embeddingWithin(let word):
            "\(word) is read as words, as it does not begin with embedding:; put a space before that"
        case .tag(let tag): "\(tag) is read as words; name LoRAs under `loras` of load_sdxl"
        }
    }
}
