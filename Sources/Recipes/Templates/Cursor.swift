import Graph

/// Walks through a scalar's text and knows where in the recipe it is.
struct Cursor {
    private let scalar: Scalar
    private let characters: [Unicode.Scalar]
    private(set) var position = 0

    init(_ scalar: Scalar) {
        self.scalar = scalar
        characters = Array(scalar.text.unicodeScalars)
    }

    var isAtEnd: Bool { position == characters.count }
    var peek: Unicode.Scalar? { position < characters.count ? characters[position] : nil }
    var peekSecond: Unicode.Scalar? { position + 1 < characters.count ? characters[position + 1] : nil }

    /// The place of the characters at `range`.
    func location(_ range: Range<Int>) -> SourceLocation { scalar.location(of: range) }

    mutating func next() -> Unicode.Scalar? {
        guard let character = peek else { return nil }
        position += 1
        return character
    }

    mutating func skipSpaces() {
        while peek == " " { position += 1 }
    }

    /// Characters as long as they satisfy `condition`; perhaps none.
    mutating func take(while condition: (Unicode.Scalar) -> Bool) -> Name {
        let start = position
        while let character = peek, condition(character) { position += 1 }
        var text = ""
        text.unicodeScalars.append(contentsOf: characters[start..<position])
        return Name(text: text, location: location(start..<position))
    }

    /// The rest, as a scalar of its own with its own place; or what comes before a word among it, which is passed over.
    mutating func rest(before word: String? = nil) -> Scalar {
        skipSpaces()
        let start = position
        let mark = word.map { Array(" \($0) ".unicodeScalars) } ?? []
        let end = mark.isEmpty ? nil : characters.indices.first { $0 >= start && characters[$0...].starts(with: mark) }
        defer { if let end { position = end + mark.count } }
        var left = (end ?? characters.count) - start
        let text = take { _ in
            left -= 1
            return left >= 0
        }
        return Scalar(
            text: text.text,
            isPlain: true,
            location: location(start..<position),
            textOffset: scalar.textOffset == nil ? nil : 0
        )
    }
}
