/// A place in a recipe: the file as the user named it, and a 1-based line and column (in unicode scalars).
public struct SourceLocation: Hashable, Sendable, Comparable {
    public let file: String
    public let line: Int
    public let column: Int
    /// How many unicode scalars the marked text spans on its line; 1 where only the start is known.
    public let length: Int

    public init(file: String, line: Int, column: Int, length: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
        self.length = length
    }

    public static func < (a: SourceLocation, b: SourceLocation) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}
