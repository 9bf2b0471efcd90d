import Imaging

/// Reads prompts into what their pictures must show.
public enum PromptReader {
    /// What a prompt says, and the words it has that the small world does not know.
    public struct Reading: Equatable, Sendable {
        public var description = SceneDescription()
        public var unknownWords: [String] = []
    }

    /// Reads clause by clause; in each, the longest phrases win, and a colour belongs to the next clothes or background
    /// in its clause. The order of clauses is free, and of two that contradict each other the later counts.
    public static func read(_ prompt: String) -> Reading {
        var reading = Reading()
        for clause in prompt.lowercased().split(whereSeparator: { ",.;\n".contains($0) }) {
            read(clause: words(of: clause), into: &reading)
        }
        return reading
    }

    private static func words(of clause: Substring) -> [String] {
        clause.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map { word in
            SceneVocabulary.spellings[String(word)] ?? String(word)
        }
    }

    private static func read(clause: [String], into reading: inout Reading) {
        var color: PaintName?
        var rest = clause[...]
        while let word = rest.first {
            if let (length, meaning) = longestPhrase(at: rest) {
                switch meaning {
                case .factor(let apply): apply(&reading.description)
                case .clothing(let clothing):
                    reading.description.clothing = clothing
                    reading.description.clothingColor = color
                    color = nil
                case .background(let background):
                    reading.description.background = background
                    reading.description.backgroundColor = background.hasColor ? color : nil
                    if background.hasColor { color = nil }
                }
                rest = rest.dropFirst(length)
                continue
            }
            if let named = PaintName(rawValue: word) {
                color.map { reading.unknownWords.append($0.rawValue) }
                color = named
            } else if word == "background", color != nil {
                reading.description.background = .plain
                reading.description.backgroundColor = color
                color = nil
            } else if !SceneVocabulary.fillers.contains(word) {
                reading.unknownWords.append(word)
            }
            rest = rest.dropFirst()
        }
        // A colour of nothing, as in "red lips".
        color.map { reading.unknownWords.append($0.rawValue) }
    }

    private enum Meaning: Sendable {
        case factor(@Sendable (inout SceneDescription) -> Void)
        case clothing(Clothing)
        case background(Backdrop)
    }

    private static func longestPhrase(at words: ArraySlice<String>) -> (length: Int, meaning: Meaning)? {
        for length in stride(from: min(words.count, longest), through: 1, by: -1) {
            if let meaning = phrases[words.prefix(length).joined(separator: " ")] { return (length, meaning) }
        }
        return nil
    }

    private static let longest = phrases.keys.map { $0.split(separator: " ").count }.max() ?? 0

    private static let phrases: [String: Meaning] = {
        var phrases: [String: Meaning] = [:]
        func add(_ words: [String], _ meaning: Meaning) {
            for phrase in words { phrases[phrase] = meaning }
        }
        for value in FaceStyle.allCases { add(SceneVocabulary.phrases(value), .factor { $0.style = value }) }
        for value in Expression.allCases { add(SceneVocabulary.phrases(value), .factor { $0.expression = value }) }
        for value in Accessory.allCases { add(SceneVocabulary.phrases(value), .factor { $0.accessory = value }) }
        for value in View.allCases { add(SceneVocabulary.phrases(value), .factor { $0.view = value }) }
        for value in Framing.allCases { add(SceneVocabulary.phrases(value), .factor { $0.framing = value }) }
        for value in Light.allCases { add(SceneVocabulary.phrases(value), .factor { $0.light = value }) }
        for value in Clothing.allCases { add([value.rawValue], .clothing(value)) }
        for value in Backdrop.allCases { add(SceneVocabulary.phrases(value) + [value.rawValue], .background(value)) }
        return phrases
    }()
}
