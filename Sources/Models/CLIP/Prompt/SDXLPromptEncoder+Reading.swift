import Tensors

extension SDXLPromptEncoder {
    /// One prompt, read as asked; prompt and negative prompt come out with equally many tokens.
    ///
    /// - Throws: `PromptError`
    public func callAsFunction(_ text: String, negative: String?, reading: PromptReading) throws -> SDXLPrompt {
        let hasEmbeddings = [text, negative ?? ""].contains {
            !embeddings.names.isEmpty && $0.contains(EmbeddingWord.marker)
        }
        if reading == PromptReading(), !hasEmbeddings { return self(text, negative: negative) }
        if negative == nil, forceZerosForEmptyPrompt {
            let (embeds, pooled) = try encode([text], reading: reading)[0]
            return SDXLPrompt(
                embeds: embeds,
                pooled: pooled,
                negativeEmbeds: .zeros(embeds.shape),
                negativePooled: .zeros(pooled.shape)
            )
        }
        let both = try encode([text, negative ?? ""], reading: reading)
        let length = leastCommonMultiple(both[0].embeds.shape[1], both[1].embeds.shape[1])
        return SDXLPrompt(
            embeds: both[0].embeds.repeated(toLength: length),
            pooled: both[0].pooled,
            negativeEmbeds: both[1].embeds.repeated(toLength: length),
            negativePooled: both[1].pooled
        )
    }

    /// Each text -> (1, 77 n, 768 + 1280), its n sequences one after the other; and (1, 1280), pooled from the first. The
    /// sequences of all texts are one batch, so that the encoders' weights are read once.
    ///
    /// ComfyUI: comfy/sdxl_clip.py::SDXLClipModel.encode_token_weights
    ///
    /// - Throws: `PromptError`
    func encode(_ texts: [String], reading: PromptReading) throws -> [(embeds: Tensor, pooled: Tensor)] {
        let tokens = try texts.map { try self.tokens($0, reading) }
        func sequences(_ tokens: PromptTokens) -> PromptTokens.Sequences {
            reading.overflow == .cut ? tokens.cut : tokens.chunks
        }
        let (a, b) = (tokens.map { sequences($0.first) }, tokens.map { sequences($0.second) })
        let areWeighted = zip(a, b).map { $0.areWeighted || $1.areWeighted }
        let empty = areWeighted.contains(true) ? [""] : []
        let first = first(
            a.flatMap(\.ids) + empty.map(firstTokenizer.encode),
            learned: Self.learned(a)
        ).penultimateHiddenState
        let second = second(b.flatMap(\.ids) + empty.map(secondTokenizer.encode), learned: Self.learned(b))
        return texts.indices.map { text in
            let states = [(first, a), (second.penultimateHiddenState, b)].map { states, sequences in
                let start = Self.start(of: text, sequences)
                return Self.weighted(
                    states.sliced(axis: 0, start..<start + sequences[text].ids.count),
                    sequences[text].weights,
                    empty: areWeighted[text] ? states.sliced(axis: 0, states.shape[0] - 1..<states.shape[0]) : nil
                )
            }
            // Tokenizers of different vocabularies may need another number of sequences.
            let length = states.map { $0.shape[1] }.min() ?? 0
            let start = Self.start(of: text, b)
            return (
                .concatenated(states.map { $0.sliced(axis: 1, 0..<length) }, axis: 2),
                second.textEmbeds.sliced(axis: 0, start..<start + 1)
            )
        }
    }

    /// A text as either tokenizer gives it.
    ///
    /// - Throws: `PromptError`
    func tokens(_ text: String, _ reading: PromptReading) throws -> (first: PromptTokens, second: PromptTokens) {
        let pieces = try reading.pieces(text)
        func tokens(_ tokenizer: CLIPTokenizer, _ embeddings: [String: [[Float]]]) -> PromptTokens {
            PromptTokens(
                pieces,
                tokenizer,
                embeddings: embeddings,
                leavesOutUnknown: reading.leavesOutUnknownEmbeddings
            )
        }
        return (tokens(firstTokenizer, embeddings.first), tokens(secondTokenizer, embeddings.second))
    }

    /// The learned vectors of all texts, by their place in the batch of all.
    private static func learned(_ sequences: [PromptTokens.Sequences]) -> [Int: [Float]] {
        var learned: [Int: [Float]] = [:]
        var start = 0
        for text in sequences {
            for (place, vector) in text.learned { learned[start + place] = vector }
            start += text.ids.joined().count
        }
        return learned
    }

    /// Where a text's sequences begin in the batch of all.
    private static func start(of text: Int, _ sequences: [PromptTokens.Sequences]) -> Int {
        sequences[..<text].reduce(0) { $0 + $1.ids.count }
    }

    /// The part of a text that is not seen when it is cut, by the encoder that loses more; nil if all is seen.
    ///
    /// - Throws: `PromptError`
    public func unseenPart(of text: String, reading: PromptReading) throws -> (tokens: Int, text: String)? {
        guard reading.overflow == .cut else { return nil }
        let (first, second) = try tokens(text, reading)
        return [first, second].compactMap(\.beyond).max { $0.tokens < $1.tokens }
    }

    /// Moves each token's state away from the empty text's, or towards it: e + w (z - e).
    ///
    /// ComfyUI: comfy/sd1_clip.py::ClipTokenWeightEncoder
    ///
    /// - Parameters:
    ///   - z: (n, L, C)
    ///   - weights: n times L
    ///   - empty: those of the empty text, (1, L, C); nil where nothing is weighted
    /// - Returns: (1, n L, C)
    private static func weighted(_ z: Tensor, _ weights: [[Float]], empty: Tensor?) -> Tensor {
        let (n, L, C) = z.shape3
        guard let empty else { return z.reshaped([1, n * L, C]) }
        let e = Tensor.concatenated(Array(repeating: empty, count: n), axis: 0)
        // Of weight 1, to the bit what it was.
        let more = Tensor(weights.joined().map { $0 - 1 }, shape: [n, L, 1])
        return (z + (z - e).multipliedByColumn(more)).reshaped([1, n * L, C])
    }
}

extension Tensor {
    /// (1, T, C) -> (1, length, C), again and again. What attends to it sees the same: each token's share is split
    /// evenly among its copies.
    ///
    /// ComfyUI: comfy/conds.py::CONDCrossAttn.concat
    fileprivate func repeated(toLength length: Int) -> Tensor {
        let times = length / max(1, shape[1])
        return times == 1 ? self : .concatenated(Array(repeating: self, count: times), axis: 1)
    }
}

func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y > 0 { (x, y) = (y, x % y) }
    return a / max(1, x) * b
}
