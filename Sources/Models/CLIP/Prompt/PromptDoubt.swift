/// Something in a prompt that is not taken as it was probably meant.
public enum PromptDoubt: Hashable, Sendable {
    /// A textual inversion that is not among those that are known; left out, or read as words.
    case unknownEmbedding(String, known: [String], isLeftOut: Bool)
    /// A word with `embedding:` in it that does not begin with it, as `[embedding:style]`.
    case embeddingWithin(String)
    /// `<lora:style:0.8>` of A1111, which is read as words.
    case tag(String)
    /// `(hat:1.3)`, of which nothing weighs more.
    case weight(String)
}

extension PromptDoubt {
    /// What shows in a text alone.
    public static func doubts(about text: String, weighting: PromptReading.Weighting) -> [PromptDoubt] {
        tags(in: text) + (weighting == .none ? weights(in: text) : [])
    }

    /// Textual inversions that a text names and that are not known, then words that name one further on than at their
    /// beginning, and so name none.
    ///
    /// - Parameter known: the names of those that there are; asked for where a text names any
    public static func embeddings(in text: String, reading: PromptReading, known: () -> [String]) -> [PromptDoubt] {
        // A text that cannot be read is refused when it is encoded.
        guard text.contains(EmbeddingWord.marker), let pieces = try? reading.pieces(text).pieces else { return [] }
        let (words, names) = (pieces.flatMap(\.words), known().sorted())
        let unknown = words.compactMap(EmbeddingWord.init).filter { !$0.names.contains(where: names.contains) }
        let within = words.filter { $0.contains(EmbeddingWord.marker) && EmbeddingWord($0) == nil }
        return unknown.map {
            .unknownEmbedding($0.name, known: names, isLeftOut: reading.leavesOutUnknownEmbeddings)
        } + within.map(PromptDoubt.embeddingWithin)
    }

    /// Parentheses that end in a colon and a number, in the order of the text; a backslash before the first makes it text.
    private static func weights(in text: String) -> [PromptDoubt] {
        guard text.utf8.contains(UInt8(ascii: "(")), text.utf8.contains(UInt8(ascii: ":")) else { return [] }
        var found: [PromptDoubt] = []
        var start: String.Index?
        var before: Character?
        for place in text.indices {
            switch text[place] {
            case "(": start = before == "\\" ? nil : place
            case ")":
                if let start, isWeight(text[start..<place]) { found.append(.weight(String(text[start...place]))) }
                start = nil
            default: break
            }
            before = text[place]
        }
        return found
    }

    private static func isWeight(_ text: Substring) -> Bool {
        guard let colon = text.lastIndex(of: ":") else { return false }
        return Double(text[text.index(after: colon)...].filter { $0 != " " }) != nil
    }

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
        case .weight(let words): "\(words) weighs no more than other words; say `weighting: comfyui`"
        case .embeddingWithin(let word):
            "\(word) is read as words, as it does not begin with embedding:; put a space before that"
        case .tag(let tag): "\(tag) is read as words; name LoRAs under `loras` of load_sdxl"
        }
    }
}
