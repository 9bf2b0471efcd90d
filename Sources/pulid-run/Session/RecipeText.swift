import Recipes

/// A recipe that lies in no file: one of the standard input, or one that a picture carries. Its paths start from the folder
/// in which it is said to lie.
struct RecipeText: RecipeFiles {
    /// As it is named to the loader.
    let path: String
    let bytes: [UInt8]
    private let others = LocalFiles()

    init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    var workingFolder: String { others.workingFolder }

    func kind(of path: String) -> PathKind? { isThis(path) ? .file : others.kind(of: path) }
    func names(in folder: String) -> [String] { others.names(in: folder) }
    func canonicalPath(_ path: String) -> String { isThis(path) ? path : others.canonicalPath(path) }

    func read(_ path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
        isThis(path) ? Array(bytes.prefix(limit)) : try others.read(path, limit: limit)
    }

    private func isThis(_ path: String) -> Bool {
        path == self.path || path == "\(others.workingFolder)/\(self.path)"
    }
}

extension RecipeText {
    /// What a recipe of the standard input is called, and its outputs' folder where it has no name.
    static let standardInput = "stdin"
    /// More than the loader takes.
    private static let mostBytes = 2 << 20

    /// - Throws: `FileReadingError`
    static func piped(from path: String) throws -> RecipeText {
        RecipeText(path: standardInput, bytes: try LocalFiles().read(path, limit: mostBytes))
    }
}
