import Checkpoints
import Kernels
import Tensors

/// SDXL's two tokenizers and text encoders together.
///
/// diffusers: pipelines/stable_diffusion_xl/pipeline_stable_diffusion_xl.py::encode_prompt
public struct SDXLPromptEncoder: Sendable {
    public let firstTokenizer: CLIPTokenizer
    public let secondTokenizer: CLIPTokenizer
    let first: CLIPTextModel
    let second: CLIPTextModelWithProjection
    /// What a missing negative prompt gives: zeros if true, the encoding of the empty text if not. SDXL's
    /// `model_index.json` says true. A text that is given, even an empty one, is always encoded.
    public let forceZerosForEmptyPrompt: Bool
    /// What `embedding:NAME` stands for in prompts.
    let embeddings: PromptEmbeddings

    /// - Parameters:
    ///   - tokenizers: those of `tokenizer` and `tokenizer_2`
    ///   - embeddings: what prompts may call by name; of two of one name the later
    /// - Throws: `SDXLPromptError` when a tokenizer gives what an encoder cannot read, or the two, or an embedding, do not
    ///   fit; `CheckpointError`
    public init(
        tokenizers: (CLIPTokenizer, CLIPTokenizer),
        first: CLIPTextModel,
        second: CLIPTextModelWithProjection,
        forceZerosForEmptyPrompt: Bool = true,
        embeddings: [TextualInversion] = []
    ) throws {
        (firstTokenizer, secondTokenizer) = tokenizers
        self.first = first
        self.second = second
        self.forceZerosForEmptyPrompt = forceZerosForEmptyPrompt
        self.embeddings = try PromptEmbeddings(
            embeddings,
            widths: (first.config.hiddenSize, second.config.hiddenSize)
        )
        for (index, tokenizer, config) in [(1, tokenizers.0, first.config), (2, tokenizers.1, second.config)] {
            guard tokenizer.largestID < config.vocabSize else {
                throw SDXLPromptError.vocabulary(
                    encoder: index,
                    largestID: tokenizer.largestID,
                    vocabSize: config.vocabSize
                )
            }
            guard tokenizer.maximumLength <= config.maxPositionEmbeddings else {
                throw SDXLPromptError.length(
                    encoder: index,
                    tokens: tokenizer.maximumLength,
                    positions: config.maxPositionEmbeddings
                )
            }
        }
        guard tokenizers.0.maximumLength == tokenizers.1.maximumLength else {
            throw SDXLPromptError.lengthsDiffer(tokenizers.0.maximumLength, tokenizers.1.maximumLength)
        }
    }

    /// One prompt: B is 1.
    public func callAsFunction(_ text: String, negative: String? = nil) -> SDXLPrompt {
        self([text], negatives: negative.map { [$0] })
    }

    /// Several prompts at once.
    ///
    /// - Parameter negatives: as many as texts; nil for what `forceZerosForEmptyPrompt` says
    public func callAsFunction(_ texts: [String], negatives: [String]?) -> SDXLPrompt {
        require(negatives == nil || negatives?.count == texts.count, "as many negative prompts as prompts")
        if negatives == nil, forceZerosForEmptyPrompt {
            let (embeds, pooled) = encode(texts)
            return SDXLPrompt(
                embeds: embeds,
                pooled: pooled,
                negativeEmbeds: .zeros(embeds.shape),
                negativePooled: .zeros(pooled.shape)
            )
        }
        // One batch, so that the encoders' weights are read once.
        let (embeds, pooled) = encode(texts + (negatives ?? texts.map { _ in "" }))
        let (first, second) = (0..<texts.count, texts.count..<2 * texts.count)
        return SDXLPrompt(
            embeds: embeds.sliced(axis: 0, first),
            pooled: pooled.sliced(axis: 0, first),
            negativeEmbeds: embeds.sliced(axis: 0, second),
            negativePooled: pooled.sliced(axis: 0, second)
        )
    }

    /// Texts -> (B, 77, 768 + 1280): the penultimate states of both encoders side by side; and (B, 1280): the second's
    /// projected pooled state.
    public func encode(_ texts: [String]) -> (embeds: Tensor, pooled: Tensor) {
        encode(tokens: texts.map { (firstTokenizer.encode($0), secondTokenizer.encode($0)) })
    }

    /// As `encode`, of texts in tokens already.
    public func encode(tokens: [(first: [Int], second: [Int])]) -> (embeds: Tensor, pooled: Tensor) {
        let a = first(tokens.map(\.first))
        let b = second(tokens.map(\.second))
        return (
            .concatenated([a.penultimateHiddenState, b.penultimateHiddenState], axis: 2),
            b.textEmbeds
        )
    }
}
