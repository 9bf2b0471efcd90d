import Graph

/// A piece of a recipe inside a message: in backticks, without control characters, and not too long.
func code(_ text: String) -> String { "`\(printable(text, limit: 80))`" }

/// `text` on one line that a terminal can show: control characters are replaced, and a long text is cut.
func printable(_ text: String, limit: Int) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        guard count < limit else { return result + "…" }
        result.unicodeScalars.append(isControl(scalar) ? "\u{FFFD}" : scalar)
        count += 1
    }
    return result
}

/// C0, C1, and the marks that change the direction of text: what could make a terminal show something else.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
}

/// "an image", "a latent", "text", "face models": a kind of artifact as a message says it.
func noun(_ kind: String) -> String {
    let isPlural = kind.hasSuffix("s") && !kind.hasSuffix("ss") && !kind.hasSuffix("is")
    if kind == "text" || isPlural { return kind }
    // "SDXL" is spelt out: an ess.
    let word = kind.prefix { $0 != " " }
    let isSpelt = word.count > 1 && word.allSatisfy { $0.isUppercase || $0.isNumber }
    let vowels = isSpelt ? "AEFHILMNORSX" : "aeiouAEIOU"
    return (kind.first.map { vowels.contains($0) } ?? false ? "an " : "a ") + kind
}

/// "style", "style and seed", "style, seed and size".
package func enumeration(_ words: [String], _ conjunction: String = "and") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
}

/// "1 value", "3 values".
package func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A bound of a range without a needless ".0".
func plain(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
}

/// A hint where an axis is named that is none; nil where there are too many to say.
func axesThatThereAre(_ names: [String]) -> String? {
    switch names.count {
    case 0: "the recipe has no axes"
    case 1: "the axis is \(code(names[0]))"
    case ...12: "the axes are \(enumeration(names))"
    default: nil
    }
}

/// A value as a message quotes it: "`seven` is text", "4.5 is a number".
func described(_ value: Value) -> String {
    switch value {
    case .null: "nothing is given"
    case .string(let text): "\(code(text)) is text"
    case .list, .map: "this is \(value.typeName)"
    default: "\(value) is \(value.typeName)"
    }
}
