/// Why a tokenizer's files cannot be used. The data is here; the words are in `description`.
public enum TokenizerError: Error, Hashable, Sendable {
    case missingFile(folder: String, tried: [String])
    case fileTooLarge(file: String, bytes: Int, limit: Int)
    /// Not what the format asks for; `reason` reads as a sentence's end.
    case malformed(file: String, reason: String)
    case badMerge(file: String, line: Int, reason: String)
    /// A token that must be there, such as `<|endoftext|>`, is not in the vocabulary.
    case missingToken(token: String, role: String, file: String)
    case unsupported(file: String, feature: String)
}

extension TokenizerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missingFile(let folder, let tried):
            "\(folder): there is no \(tried.joined(separator: " or ")); is this the folder of a CLIP tokenizer?"
        case .fileTooLarge(let file, let bytes, let limit):
            "\(file): \(bytes) bytes are over the limit of \(limit) for a file of a tokenizer"
        case .malformed(let file, let reason):
            "\(file): not a CLIP tokenizer's file: \(reason); copy or download it again"
        case .badMerge(let file, let line, let reason):
            "\(file):\(line): not a merge of two tokens: \(reason); copy or download the file again"
        case .missingToken(let token, let role, let file):
            "\(file): the vocabulary lacks \(token), which the tokenizer needs \(role)"
        case .unsupported(let file, let feature):
            "\(file): \(feature) is not supported for CLIP tokenizers"
        }
    }
}
