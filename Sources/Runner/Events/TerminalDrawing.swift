/// A picture as escape sequences of a terminal, which leave the cursor anywhere.
public struct TerminalDrawing: Sendable {
    public let text: String
    /// Lines of text that it covers at most.
    public let rows: Int

    public init(_ text: String, rows: Int) {
        self.text = text
        self.rows = rows
    }
}
