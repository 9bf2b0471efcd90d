/// A prompt in pieces that weigh more or less than others.
public struct WeightedText: Hashable, Sendable {
    public struct Piece: Hashable, Sendable {
        public let text: String
        public let weight: Double

        public init(_ text: String, _ weight: Double) {
            self.text = text
            self.weight = weight
        }

        /// What stands between spaces.
        var words: [String] {
            text.unicodeScalars.split { $0 == " " || $0 == "\n" }.map { String($0) }
        }
    }

    public private(set) var pieces: [Piece] = []

    /// Text in which parentheses are parentheses.
    public init(plain text: String) { pieces = [Piece(text, 1)] }

    /// ComfyUI: comfy/sd1_clip.py::token_weights.
    ///
    /// `(word:1.3)` weighs 1.3, whatever surrounds it; `(word)` weighs 1.1 times what surrounds it; `\(` and `\)` are
    /// parentheses. A parenthesis without its partner is text, and so are square brackets.
    ///
    /// - Throws: `PromptError.nestedTooDeep`
    public init(comfyUI text: String) throws { try add(Sign.signs(of: text)[...], weight: 1, depth: 0) }

    private static let depthLimit = 64

    private mutating func add(_ signs: ArraySlice<Sign>, weight: Double, depth: Int) throws {
        guard depth <= Self.depthLimit else { throw PromptError.nestedTooDeep(limit: Self.depthLimit) }
        for item in Self.items(signs) {
            guard item.count >= 2, item.first == .open, item.last == .close else {
                pieces.append(Piece(Self.text(item), weight))
                continue
            }
            var inside = item.dropFirst().dropLast()
            var inner = weight * 1.1
            if let colon = inside.lastIndex(of: .scalar(":")), colon > inside.startIndex,
                let stated = Self.number(inside[(colon + 1)...])
            {
                inner = stated
                inside = inside[..<colon]
            }
            try add(inside, weight: inner, depth: depth + 1)
        }
    }

    /// Cuts before an outermost opening parenthesis and after the closing one that goes with it.
    private static func items(_ signs: ArraySlice<Sign>) -> [ArraySlice<Sign>] {
        var items: [ArraySlice<Sign>] = []
        var (start, level) = (signs.startIndex, 0)
        func cut(before end: Int) {
            if start < end { items.append(signs[start..<end]) }
            start = end
        }
        for (i, sign) in zip(signs.indices, signs) {
            switch sign {
            case .open:
                if level == 0 { cut(before: i) }
                level += 1
            case .close:
                level -= 1
                if level == 0 { cut(before: i + 1) }
            case .scalar: break
            }
        }
        cut(before: signs.endIndex)
        return items
    }

    private static func text(_ signs: ArraySlice<Sign>) -> String {
        var text = String.UnicodeScalarView()
        for sign in signs { text.append(sign.scalar) }
        return String(text)
    }

    /// A finite decimal number, perhaps among spaces; nil for anything else.
    private static func number(_ signs: ArraySlice<Sign>) -> Double? {
        let spaces = signs.prefix { $0 == .scalar(" ") }.count
        let text = text(signs.dropFirst(spaces).prefix { $0 != .scalar(" ") })
        let rest = signs.dropFirst(spaces + text.unicodeScalars.count)
        guard rest.allSatisfy({ $0 == .scalar(" ") }),
            text.unicodeScalars.allSatisfy({ ("0"..."9").contains($0) || "+-.eE".unicodeScalars.contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        return number
    }

    /// What a character of a prompt is to the weights.
    private enum Sign: Hashable {
        case open, close
        /// Text, escaped parentheses among it.
        case scalar(Unicode.Scalar)

        var scalar: Unicode.Scalar {
            switch self {
            case .open: "("
            case .close: ")"
            case .scalar(let scalar): scalar
            }
        }

        static func signs(of text: String) -> [Sign] {
            var signs: [Sign] = []
            for scalar in text.unicodeScalars {
                switch scalar {
                case "(", ")":
                    if signs.last == .scalar("\\") {
                        signs[signs.count - 1] = .scalar(scalar)
                    } else {
                        signs.append(scalar == "(" ? .open : .close)
                    }
                default: signs.append(.scalar(scalar))
                }
            }
            return signs
        }
    }
}

/// Why a prompt cannot be read.
public enum PromptError: Error, Hashable, Sendable {
    case nestedTooDeep(limit: Int)
}

extension PromptError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nestedTooDeep(let limit):
            "the prompt's parentheses are nested more than \(limit) deep; write \\( where a parenthesis is meant as text"
        }
    }
}
