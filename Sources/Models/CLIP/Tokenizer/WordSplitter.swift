/// Cuts text into the words that byte-pair encoding then works on.
///
/// transformers: models/clip/tokenization_clip.py::CLIPTokenizer, the normalizer and pre-tokenizer there. Letters and
/// numbers are what Unicode 16 calls so, as the regular expressions of tokenizers 0.23 have it.
enum WordSplitter {
    /// NFC, every run of white space as one space, each character in lower case by itself.
    static func normalize(_ text: String) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        for scalar in CanonicalComposition.normalize(text) {
            if scalar.properties.isWhitespace {
                if result.last != " " { result.append(" ") }
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return result
    }

    /// The words of normalised text: contractions ('s, 're ...), runs of letters, single digits, runs of anything else
    /// but white space.
    static func words(_ text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
        var words: [ArraySlice<Unicode.Scalar>] = []
        var rest = text
        while let first = rest.first {
            if let special = specials.first(where: rest.starts) {
                // The special token is one match of the first expression and three of the second.
                words += [
                    rest.prefix(2), rest.prefix(special.count - 2).dropFirst(2), rest.prefix(special.count).suffix(2),
                ]
                rest = rest.dropFirst(special.count)
                continue
            }
            let word: ArraySlice<Unicode.Scalar>
            if let contraction = contractions.first(where: rest.starts) {
                word = rest.prefix(contraction.count)
            } else {
                switch Kind(first) {
                case .space:
                    rest = rest.dropFirst()
                    continue
                case .number: word = rest.prefix(1)
                case let kind: word = rest.prefix { Kind($0) == kind }
                }
            }
            words.append(word)
            rest = rest.dropFirst(word.count)
        }
        return words
    }

    private static let specials = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.unicodeScalars) }
    private static let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

    private enum Kind {
        case space, letter, number, other

        init(_ scalar: Unicode.Scalar) {
            let properties = scalar.properties
            if properties.isWhitespace {
                self = .space
                return
            }
            switch properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
                self = Kind.isKnown(properties) ? .letter : .other
            case .decimalNumber, .letterNumber, .otherNumber:
                self = Kind.isKnown(properties) ? .number : .other
            default:
                self = .other
            }
        }

        /// Whether Unicode 16 has the character.
        private static func isKnown(_ properties: Unicode.Scalar.Properties) -> Bool {
            (properties.age?.major ?? 0) <= 16
        }
    }
}
