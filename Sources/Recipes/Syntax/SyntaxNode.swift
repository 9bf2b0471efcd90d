import Graph

/// A piece of YAML with the place where it is written.
struct SyntaxNode: Sendable {
    enum Content: Sendable {
        case scalar(Scalar)
        case sequence([SyntaxNode])
        case mapping([Entry])
    }

    /// A key and its value; keys are always scalars, and a mapping has each only once.
    struct Entry: Sendable {
        let key: Scalar
        let value: SyntaxNode
    }

    let content: Content
    let location: SourceLocation
    /// How many nodes this one is made of, itself and what aliases repeat included.
    let size: Int

    /// What a message says is found where something else is wanted: "this is a list".
    var found: String {
        switch content {
        case .scalar(let scalar): scalar.value == .null ? "nothing is given" : "this is \(scalar.value.typeName)"
        case .sequence: "this is a list"
        case .mapping: "this is a mapping"
        }
    }

    /// Whether nothing is written: an empty value, `null` or `~`.
    var isNull: Bool {
        guard case .scalar(let scalar) = content else { return false }
        return scalar.value == .null
    }
}

/// A scalar as written: its text, and whether quotes or a block made it text whatever it looks like.
struct Scalar: Sendable, Hashable {
    let text: String
    let isPlain: Bool
    let location: SourceLocation
    /// Columns from the scalar's start to its first character, where every character of the text is written as
    /// itself on one line; nil where escapes or line breaks lie between.
    let textOffset: Int?

    /// The value by the strict rules for plain scalars; quoted ones are text.
    var value: Value { isPlain ? PlainScalar.value(of: text) : .string(text) }

    /// The place of a part of the text, in unicode scalars; the whole scalar where that is all that is known.
    func location(of range: Range<Int>) -> SourceLocation {
        guard let textOffset, location.line > 0 else { return location }
        return SourceLocation(
            file: location.file,
            line: location.line,
            column: location.column + textOffset + range.lowerBound,
            length: max(1, range.count)
        )
    }
}
