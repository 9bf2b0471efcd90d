import Foundation
import Graph

/// The page of a report: one file that needs nothing beside it.
///
/// What comes from recipes and files is in it as JSON alone, which its scripts show as text; the page's policy lets the
/// browser run and load nothing but what the program wrote.
struct ReportPage {
    let bytes: [UInt8]

    /// - Parameters:
    ///   - pictures: `data:` addresses, by the numbers that the state has for them.
    ///   - number: of a report that is served, whose page asks where it came from for news and pictures.
    init(_ document: ReportDocument, _ state: ReportState, pictures: [String] = [], number: Int? = nil) throws {
        let isServed = number != nil
        let (style, script) = (PageText.style, PageText.script)
        let policy = [
            "default-src 'none'", "script-src '\(Self.hash(script))'", "style-src '\(Self.hash(style))'",
            "img-src data:" + (isServed ? " 'self'" : ""), isServed ? "connect-src 'self'" : nil, "base-uri 'none'",
            "form-action 'none'",
        ].compactMap(\.self).joined(separator: "; ")
        let parts: [String: [UInt8]] = [
            "policy": Array(policy.utf8),
            "title": Array(Self.escaped(document.recipe.name).utf8),
            "style": Array(style.utf8),
            "document": try Self.json(document),
            "state": try Self.json(state),
            "pictures": try Self.json(pictures),
            "report": Array((number.map(String.init) ?? "").utf8),
            "script": Array(script.utf8),
        ]
        var bytes: [UInt8] = []
        for (number, piece) in PageText.html.components(separatedBy: "{{").enumerated() {
            guard number > 0, let end = piece.range(of: "}}") else {
                bytes += Array(piece.utf8)
                continue
            }
            bytes += parts[String(piece[..<end.lowerBound])] ?? []
            bytes += Array(piece[end.upperBound...].utf8)
        }
        self.bytes = bytes
    }

    /// JSON that may stand in a page's script element.
    static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf",
            negativeInfinity: "-inf",
            nan: "nan"
        )
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(value)
        guard data.contains(UInt8(ascii: "<")) else { return Array(data) }
        // "<" begins what would end the element, and stands in texts alone.
        return data.flatMap { $0 == UInt8(ascii: "<") ? Array("\\u003c".utf8) : [$0] }
    }

    private static func hash(_ text: String) -> String {
        "sha256-" + Data(Digest(of: text.utf8).bytes).base64EncodedString()
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
