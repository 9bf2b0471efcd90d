import EngineTestSupport
import Graph

/// What a node gives, worked out by hand.
enum ModelValue: Hashable {
    case number(Double)
    case text(String)
    case pixels([UInt8])

    var number: Double { if case .number(let number) = self { number } else { .nan } }
    var text: String { if case .text(let text) = self { text } else { "" } }

    /// The end of its output file: before pixels there may be words about them.
    var bytes: [UInt8] {
        switch self {
        case .number(let number): Array("\(number)\n".utf8)
        case .text(let text): Array(text.utf8)
        case .pixels(let pixels): pixels
        }
    }

    /// As `Paint` does it, without a model and with seed 0.
    static func painted(_ caption: String, width: Int) -> ModelValue {
        var pixels: [UInt8] = []
        var block = Digest(of: " 0 \(caption)".utf8)
        while pixels.count < width {
            pixels += block.bytes
            block = Digest(of: block.bytes)
        }
        return .pixels(Array(pixels.prefix(width)))
    }
}
