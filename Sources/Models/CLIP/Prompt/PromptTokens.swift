/// A prompt as one tokenizer gives it: word by word, each with its weight.
struct PromptTokens {
    /// What takes one place in a sequence.
    enum Content {
        case id(Int)
        /// Learned for a textual inversion.
        case vector([Float])
    }

    struct Word {
        let text: String
        let contents: [Content]
        let weight: Float
    }

    private(set) var words: [Word] = []
    private let tokenizer: CLIPTokenizer

    /// Words are what stands between spaces; a tokenizer never joins across them.
    ///
    /// - Parameters:
    ///   - embeddings: textual inversions by name, for this tokenizer's encoder
    ///   - leavesOutUnknown: what is not among them, as ComfyUI does; else it is read as words
    init(
        _ text: WeightedText,
        _ tokenizer: CLIPTokenizer,
        embeddings: [String: [[Float]]] = [:],
        leavesOutUnknown: Bool = false
    ) {
        self.tokenizer = tokenizer
        for piece in text.pieces {
            for var word in piece.words {
                func add(_ contents: [Content]) {
                    words.append(Word(text: word, contents: contents, weight: Float(piece.weight)))
                }
                if let embedding = EmbeddingWord(word) {
                    let vectors = embedding.vectors(in: embeddings)
                    if let vectors { add(vectors.map(Content.vector)) }
                    if vectors != nil || leavesOutUnknown {
                        guard !embedding.rest.isEmpty else { continue }
                        word = embedding.rest
                    }
                }
                add(tokenizer.tokens(word).map(Content.id))
            }
        }
    }

    /// Sequences of `maximumLength` ids: start, tokens, end, padding; and the weight of each.
    struct Sequences {
        var ids: [[Int]] = []
        var weights: [[Float]] = []
        /// The vectors that stand in place of ids, by their place among all.
        var learned: [Int: [Float]] = [:]

        var areWeighted: Bool { weights.contains { $0.contains { $0 != 1 } } }
    }

    /// All that fits, in one sequence.
    var cut: Sequences {
        let tokens = words.flatMap(\.tokens).prefix(tokenizer.tokenLimit)
        return sequences([Array(tokens)])
    }

    /// All of it, in as many sequences as it takes.
    ///
    /// ComfyUI: comfy/sd1_clip.py::SDTokenizer.tokenize_with_weights. A word that no longer fits begins the next
    /// sequence; one of eight tokens or more is broken where the sequence ends.
    var chunks: Sequences {
        let room = tokenizer.tokenLimit
        var chunks: [[Token]] = [[]]
        for word in words {
            var rest = word.tokens[...]
            let isBroken = rest.count >= Self.longWord || rest.count > room
            while rest.count > room - chunks[chunks.count - 1].count {
                if isBroken {
                    let left = room - chunks[chunks.count - 1].count
                    chunks[chunks.count - 1] += rest.prefix(left)
                    rest = rest.dropFirst(left)
                }
                chunks.append([])
            }
            chunks[chunks.count - 1] += rest
        }
        return sequences(chunks)
    }

    /// What `cut` leaves out: how many tokens, and the text from the first word on that is not seen in full; nil if all
    /// fits.
    var beyond: (tokens: Int, text: String)? {
        var seen = 0
        for (index, word) in words.enumerated() {
            seen += word.contents.count
            guard seen > tokenizer.tokenLimit else { continue }
            let tokens = words.map(\.contents.count).reduce(0, +) - tokenizer.tokenLimit
            return (tokens, words[index...].map(\.text).joined(separator: " "))
        }
        return nil
    }

    private static let longWord = 8

    typealias Token = (content: Content, weight: Float)

    private func sequences(_ chunks: [[Token]]) -> Sequences {
        var result = Sequences()
        for tokens in chunks {
            let start = result.ids.count * tokenizer.maximumLength + 1
            var inside: [Int] = []
            for (place, token) in tokens.enumerated() {
                switch token.content {
                case .id(let id): inside.append(id)
                case .vector(let vector):
                    // Any id but the end's.
                    inside.append(tokenizer.startID)
                    result.learned[start + place] = vector
                }
            }
            let ids = [tokenizer.startID] + inside + [tokenizer.endID]
            let padding = tokenizer.maximumLength - ids.count
            result.ids.append(ids + Array(repeating: tokenizer.paddingID, count: padding))
            result.weights.append([1] + tokens.map(\.weight) + Array(repeating: 1, count: 1 + padding))
        }
        return result
    }
}

extension PromptTokens.Word {
    fileprivate var tokens: [PromptTokens.Token] { contents.map { ($0, weight) } }
}
