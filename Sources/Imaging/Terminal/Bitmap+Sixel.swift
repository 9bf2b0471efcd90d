extension Bitmap {
    /// The picture as a terminal shows it that knows DEC's sixel graphics, in the 216 colours of six levels each of red, green
    /// and blue.
    ///
    /// VT330/VT340 Programmer Reference Manual, volume 2, chapter 14
    public func sixel() -> String {
        let colors = stride(from: 0, to: pixels.count, by: 3).map { i in
            (0..<3).reduce(0) { 6 * $0 + (5 * Int(pixels[i + $1]) + 127) / 255 }
        }
        // Pixels are square; of what is left blank nothing is painted.
        var text = "\u{1B}P0;1q\"1;1;\(width);\(height)"
        for color in Set(colors).sorted() {
            let levels = [color / 36, color / 6 % 6, color % 6].map { "\(20 * $0)" }
            text += "#\(color);2;\(levels.joined(separator: ";"))"
        }
        for top in stride(from: 0, to: height, by: 6) {
            let rows = top..<min(height, top + 6)
            let band = colors[rows.lowerBound * width..<rows.upperBound * width]
            // Each colour's pixels by themselves, from the left edge again.
            let lines = Set(band).sorted().map { color in
                "#\(color)"
                    + Self.runs(
                        (0..<width).map { x in
                            rows.reduce(0) { $0 | (colors[$1 * width + x] == color ? 1 << ($1 - top) : 0) }
                        }
                    )
            }
            text += lines.joined(separator: "$") + "-"
        }
        return text + "\u{1B}\\"
    }

    /// Columns of six pixels, the topmost in the lowest bit: a character each, or a count and a character.
    private static func runs(_ columns: [UInt8]) -> String {
        var text = ""
        var rest = columns[...]
        while let column = rest.first {
            let count = rest.prefix { $0 == column }.count
            let character = String(UnicodeScalar(63 + column))
            text += count > 3 ? "!\(count)\(character)" : String(repeating: character, count: count)
            rest = rest.dropFirst(count)
        }
        return text
    }
}
