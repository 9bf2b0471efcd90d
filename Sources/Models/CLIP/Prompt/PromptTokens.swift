/// A prompt as one tokenizer gives it: word by word, each with its weight.
struct PromptTokens {
    struct Word {
        let text: String
        let ids: [Int]
        let weight: Float
    }

    let words: [Word]
    private let tokenizer: CLIPTokenizer

    /// Words are what stands between spaces; a tokenizer never joins across them.
    init(_ text: WeightedText, _ tokenizer: CLIPTokenizer) {
        self.tokenizer = tokenizer
        words = text.pieces.flatMap { piece in
            piece.text.unicodeScalars.split { $0 == " " || $0 == "\n" }.map { word in
                let word = String(word)
                return Word(text: word, ids: tokenizer.tokens(word), weight: Float(piece.weight))
            }
        }
    }

    /// Sequences of `maximumLength` ids: start, tokens, end, padding; and the weight of each.
    struct Sequences {
        var ids: [[Int]] = []
        var weights: [[Float]] = []

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
            seen += word.ids.count
            guard seen > tokenizer.tokenLimit else { continue }
            let tokens = words.map(\.ids.count).reduce(0, +) - tokenizer.tokenLimit
            return (tokens, words[index...].map(\.text).joined(separator: " "))
        }
        return nil
    }

    private static let longWord = 8

    typealias Token = (id: Int, weight: Float)

    private func sequences(_ chunks: [[Token]]) -> Sequences {
        var result = Sequences()
        for tokens in chunks {
            let ids = [tokenizer.startID] + tokens.map(\.id) + [tokenizer.endID]
            let padding = tokenizer.maximumLength - ids.count
            result.ids.append(ids + Array(repeating: tokenizer.paddingID, count: padding))
            result.weights.append([1] + tokens.map(\.weight) + Array(repeating: 1, count: 1 + padding))
        }
        return result
    }
}

extension PromptTokens.Word {
    fileprivate var tokens: [PromptTokens.Token] { ids.map { ($0, weight) } }
}
