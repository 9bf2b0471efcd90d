import Foundation
import Recipes

/// What a recipe on an unfinished command line offers, for shells that complete it.
struct RecipeNames {
    private let vocabulary: RecipeVocabulary?

    /// - Parameter words: of the command line, as they are typed; the first that names a recipe is read.
    init(in words: [String]) {
        let file = words.lazy.map(TypedWord.init).map(\.text).first { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
        vocabulary = file.map {
            RecipeLoader(registry: Program.registry).vocabulary(of: ($0 as NSString).expandingTildeInPath)
        }
    }

    var nodes: [String] { vocabulary?.nodes ?? [] }
    /// What `--set` takes.
    var settable: [String] { vocabulary?.settable.map(\.name) ?? [] }

    /// Of `st` those in `style=`, of `style=n` those in `style=neon`.
    ///
    /// - Parameter typed: the word up to the cursor
    func settings(_ typed: String) -> [String] {
        let typed = TypedWord(typed).text
        let names = vocabulary?.settable ?? []
        guard let equals = typed.firstIndex(of: "=") else { return names.map { "\($0.name)=" } }
        let value = String(typed[typed.index(after: equals)...])
        guard let name = names.first(where: { $0.name == typed[..<equals] }) else { return [] }
        return (name.words + (name.takesFile ? Self.files(value) : [])).filter(Self.isShown).map {
            "\(name.name)=\($0)"
        }
    }

    /// Files and folders that go on as a path does; a folder ends in a slash.
    private static func files(_ path: String) -> [String] {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        let start = path.dropFirst(folder.count)
        let files = LocalFiles()
        return files.names(in: folder.isEmpty ? "." : folder)
            .filter { $0.hasPrefix(start) && (start.hasPrefix(".") || !$0.hasPrefix(".")) }
            .map { folder + $0 + (files.kind(of: folder + $0) == .folder ? "/" : "") }
    }

    /// What would end a line would be two words.
    private static func isShown(_ word: String) -> Bool { !word.unicodeScalars.contains { $0.value < 0x20 } }
}

/// A word as it is typed in a shell, perhaps with a quote that is still open.
private struct TypedWord {
    /// Without what quotes it.
    let text: String

    init(_ typed: String) { text = typed.filter { !"'\"\\".contains($0) } }
}
