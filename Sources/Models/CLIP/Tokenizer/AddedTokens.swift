/// Tokens that are found in the text as they stand, before it is cut into words: `<|endoftext|>`, and whatever pads.
///
/// tokenizers 0.23: tokenizer/added_vocabulary. Of several matches the leftmost counts, and of these the longest.
struct AddedTokens: Sendable {
    struct Token: Hashable, Sendable {
        let content: String
        let id: Int
        /// Whether it is looked for in normalised text; else in the text as given.
        let isNormalized: Bool
    }

    enum Piece {
        case token(Int)
        case text(ArraySlice<Unicode.Scalar>)
    }

    private typealias Table = [Unicode.Scalar: [(content: [Unicode.Scalar], id: Int)]]
    private let raw: Table
    private let normalized: Table

    init(_ tokens: [Token]) {
        func table(_ tokens: [Token], _ scalars: (String) -> [Unicode.Scalar]) -> Table {
            let entries = tokens.map { (content: scalars($0.content), id: $0.id) }.filter { !$0.content.isEmpty }
            return Table(grouping: entries) { $0.content[0] }.mapValues {
                $0.sorted { $0.content.count > $1.content.count }
            }
        }
        raw = table(tokens.filter { !$0.isNormalized }) { Array($0.unicodeScalars) }
        normalized = table(tokens.filter(\.isNormalized), WordSplitter.normalize)
    }

    /// The tokens in a text, and the normalised text between them.
    func split(_ text: String) -> [Piece] {
        pieces(of: Array(text.unicodeScalars)[...], raw).flatMap { piece -> [Piece] in
            guard case .text(let between) = piece else { return [piece] }
            var string = ""
            string.unicodeScalars.append(contentsOf: between)
            return pieces(of: WordSplitter.normalize(string)[...], normalized)
        }
    }

    private func pieces(of text: ArraySlice<Unicode.Scalar>, _ table: Table) -> [Piece] {
        var pieces: [Piece] = []
        var start = text.startIndex
        var position = start
        while position < text.endIndex {
            let rest = text[position...]
            guard let match = table[text[position]]?.first(where: { rest.starts(with: $0.content) }) else {
                position += 1
                continue
            }
            if start < position { pieces.append(.text(text[start..<position])) }
            pieces.append(.token(match.id))
            position += match.content.count
            start = position
        }
        if start < text.endIndex { pieces.append(.text(text[start...])) }
        return pieces
    }
}
