import Foundation

/// The files that make a tokenizer, in one folder.
public struct TokenizerFiles: Sendable {
    /// All that may be read.
    public static let names = [
        "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
    ]

    public let folder: String
    private let present: Set<String>

    /// - Parameter present: those of `names` that are there; others are not looked for
    public init(folder: String, present: some Sequence<String>) {
        self.folder = folder
        self.present = Set(present)
    }

    /// Those that are there now.
    public init(folder: String) {
        self.init(
            folder: folder,
            present: Self.names.filter {
                FileManager.default.fileExists(atPath: (folder as NSString).appendingPathComponent($0))
            }
        )
    }

    func contains(_ name: String) -> Bool { present.contains(name) }
    func path(_ name: String) -> String { (folder as NSString).appendingPathComponent(name) }
}
