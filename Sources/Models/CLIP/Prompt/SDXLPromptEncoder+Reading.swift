import Tensors

extension SDXLPromptEncoder {
    /// One prompt, read as asked; prompt and negative prompt come out with equally many tokens.
    ///
    /// - Throws: `PromptError`
    public func callAsFunction(_ text: String, negative: String?, reading: PromptReading) throws -> SDXLPrompt {
        let (embeds, pooled) = try encode(text, reading: reading)
        if negative == nil, forceZerosForEmptyPrompt {
            return SDXLPrompt(
                embeds: embeds,
                pooled: pooled,
                negativeEmbeds: .zeros(embeds.shape),
                negativePooled: .zeros(pooled.shape)
            )
        }
        let (negativeEmbeds, negativePooled) = try encode(negative ?? "", reading: reading)
        let length = leastCommonMultiple(embeds.shape[1], negativeEmbeds.shape[1])
        return SDXLPrompt(
            embeds: embeds.repeated(toLength: length),
            pooled: pooled,
            negativeEmbeds: negativeEmbeds.repeated(toLength: length),
            negativePooled: negativePooled
        )
    }

    /// A text -> (1, 77 n, 768 + 1280), its n sequences one after the other; and (1, 1280), pooled from the first.
    ///
    /// ComfyUI: comfy/sdxl_clip.py::SDXLClipModel.encode_token_weights
    ///
    /// - Throws: `PromptError`
    func encode(_ text: String, reading: PromptReading) throws -> (embeds: Tensor, pooled: Tensor) {
        if reading == PromptReading() { return encode([text]) }
        let pieces = try reading.pieces(text)
        func sequences(_ tokenizer: CLIPTokenizer) -> PromptTokens.Sequences {
            let tokens = PromptTokens(pieces, tokenizer)
            return reading.overflow == .cut ? tokens.cut : tokens.chunks
        }
        let (a, b) = (sequences(firstTokenizer), sequences(secondTokenizer))
        let empty = a.areWeighted || b.areWeighted ? [""] : []
        let first = first(a.ids + empty.map(firstTokenizer.encode))
        let second = second(b.ids + empty.map(secondTokenizer.encode))
        let states = [
            (first.penultimateHiddenState, a.weights), (second.penultimateHiddenState, b.weights),
        ].map(Self.weighted)
        // Tokenizers of different vocabularies may need another number of sequences.
        let length = states.map { $0.shape[1] }.min() ?? 0
        return (
            .concatenated(states.map { $0.sliced(axis: 1, 0..<length) }, axis: 2),
            second.textEmbeds.sliced(axis: 0, 0..<1)
        )
    }

    /// The part of a text that is not seen when it is cut, by the encoder that loses more; nil if all is seen.
    ///
    /// - Throws: `PromptError`
    public func unseenPart(of text: String, reading: PromptReading) throws -> (tokens: Int, text: String)? {
        guard reading.overflow == .cut else { return nil }
        let pieces = try reading.pieces(text)
        return [firstTokenizer, secondTokenizer].compactMap { PromptTokens(pieces, $0).beyond }
            .max { $0.tokens < $1.tokens }
    }

    /// Moves each token's state away from the empty text's, or towards it: e + w (z - e).
    ///
    /// ComfyUI: comfy/sd1_clip.py::ClipTokenWeightEncoder
    ///
    /// - Parameters:
    ///   - states: (n, L, C), or (n + 1, L, C) with those of the empty text last
    ///   - weights: n times L
    /// - Returns: (1, n L, C)
    private static func weighted(_ states: Tensor, _ weights: [[Float]]) -> Tensor {
        let (count, L, C) = states.shape3
        let n = weights.count
        let z = states.sliced(axis: 0, 0..<n)
        guard count > n else { return z.reshaped([1, n * L, C]) }
        let e = Tensor.concatenated(Array(repeating: states.sliced(axis: 0, n..<count), count: n), axis: 0)
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

private func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
    var (x, y) = (a, b)
    while y > 0 { (x, y) = (y, x % y) }
    return a / max(1, x) * b
}
