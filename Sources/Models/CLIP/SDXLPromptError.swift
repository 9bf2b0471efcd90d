/// Why tokenizers and text encoders of a folder cannot work together, or not on a text.
public enum SDXLPromptError: Error, Hashable, Sendable {
    case vocabulary(encoder: Int, largestID: Int, vocabSize: Int)
    case length(encoder: Int, tokens: Int, positions: Int)
    case lengthsDiffer(Int, Int)
    /// A textual inversion for another model: the width of its vectors for one of the encoders.
    case embedding(name: String, encoder: Int, width: Int, expected: Int, file: String)
    /// A prompt and its negative one, in sequences, and what both are repeated to so that they are equally long.
    case tooLong(sequences: Int, negative: Int, both: Int, most: Int)
}

extension SDXLPromptError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .vocabulary(let encoder, let largestID, let vocabSize):
            "tokenizer \(encoder) gives ids up to \(largestID), but its text encoder knows only \(vocabSize) tokens:"
                + " they are not of one model"
        case .length(let encoder, let tokens, let positions):
            "tokenizer \(encoder) gives \(tokens) tokens, but its text encoder has only \(positions) positions:"
                + " set model_max_length in tokenizer_config.json to \(positions)"
        case .embedding(let name, let encoder, let width, let expected, let file):
            "\(file): the vectors of the textual inversion \(name) for text encoder \(encoder) are \(width) wide, expected "
                + "\(expected): it is of another model"
        case .tooLong(let sequences, let negative, let both, let most):
            "the prompt is \(sequences) sequences long and the negative prompt \(negative), which repeated until they are equally long"
                + " are \(both), over the limit of \(most): shorten one of them, or say `overflow: cut`"
        case .lengthsDiffer(let first, let second):
            "the two tokenizers give \(first) and \(second) tokens, but have to agree:"
                + " set model_max_length in both of tokenizer_config.json"
        }
    }
}
