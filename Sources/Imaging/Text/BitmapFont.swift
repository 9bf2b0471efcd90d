import Foundation
import Kernels

/// A font of 5x9 dots in a cell of 6x10: seven rows above the base line and two below. It has printable ASCII and the
/// ellipsis; a letter with marks is drawn without them, every other character as a box. `scale` makes each dot a square
/// of that many pixels.
public enum BitmapFont {
    public static let cellWidth = 6
    public static let cellHeight = 10
    static let glyphWidth = 5
    static let glyphHeight = 9

    /// Pixels that `text` takes, without the empty column after the last character.
    public static func width(of text: String, scale: Int) -> Int {
        max(0, text.count * cellWidth - 1) * scale
    }

    /// `text`, or its beginning and an ellipsis, such that it is at most `width` pixels wide; "" if not even that fits.
    public static func fit(_ text: String, width: Int, scale: Int) -> String {
        require(scale > 0, "BitmapFont: scale \(scale) is not positive")
        let room = (max(0, width) / scale + 1) / cellWidth
        if text.count <= room { return text }
        guard room > 0 else { return "" }
        var beginning = String(text.prefix(room - 1))
        while beginning.last == " " { beginning.removeLast() }
        return beginning + "…"
    }

    /// Whether the dot in column 0..<5 and row 0..<9 of a character is set.
    static func dot(_ character: Character, _ column: Int, _ row: Int) -> Bool {
        (glyphs[character] ?? glyphs[bare(character)] ?? box)[row] >> UInt8(glyphWidth - 1 - column) & 1 == 1
    }

    /// é as e, Å as A; letters whose mark is part of them, such as ł and ø, by name.
    private static func bare(_ character: Character) -> Character {
        if let letter = crossed[character] { return letter }
        let scalars = String(character).decomposedStringWithCanonicalMapping.unicodeScalars
        return scalars.first.map(Character.init) ?? character
    }

    private static let crossed: [Character: Character] = [
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "–": "-", "—": "-", "’": "'", "‘": "'",
        "“": "\"", "”": "\"",
    ]

    /// Rows of five bits, the leftmost dot highest.
    private static let glyphs: [Character: [UInt8]] = {
        var glyphs: [Character: [UInt8]] = [:]
        for band in BitmapFont.bands {
            let rows = band.rows.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
            for (index, character) in band.characters.enumerated() {
                glyphs[character] = rows.map { row in
                    row[index * cellWidth..<index * cellWidth + glyphWidth].reduce(0) { $0 << 1 | ($1 == "#" ? 1 : 0) }
                }
            }
        }
        return glyphs
    }()

    private static let box: [UInt8] = [31, 17, 17, 17, 17, 17, 31, 0, 0]
}

extension Bitmap {
    /// Draws one line of text with its upper left corner at (`x`, `y`); what lies outside the picture is left out.
    public mutating func draw(_ text: String, x: Int, y: Int, scale: Int = 1, color: RGB = .black) {
        require(scale > 0, "scale \(scale) is not positive")
        for (index, character) in text.enumerated() {
            let left = x + index * BitmapFont.cellWidth * scale
            guard left < width else { return }
            for row in 0..<BitmapFont.glyphHeight {
                for column in 0..<BitmapFont.glyphWidth where BitmapFont.dot(character, column, row) {
                    fill(x: left + column * scale, y: y + row * scale, width: scale, height: scale, with: color)
                }
            }
        }
    }
}
