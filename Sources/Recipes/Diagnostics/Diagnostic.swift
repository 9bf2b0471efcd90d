import Graph

/// One thing to tell the user about a recipe, as data; `DiagnosticRenderer` makes text of it.
public struct Diagnostic: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable { case error, warning }

    /// A second place that explains the first, such as where a node is declared.
    public struct Note: Hashable, Sendable {
        public let location: SourceLocation
        public let message: String

        public init(_ message: String, at location: SourceLocation) {
            self.location = location
            self.message = message
        }
    }

    public let severity: Severity
    public let location: SourceLocation
    public let message: String
    public let notes: [Note]
    /// The way out, in one sentence without a full stop.
    public let hint: String?

    public init(
        _ severity: Severity = .error,
        _ message: String,
        at location: SourceLocation,
        notes: [Note] = [],
        hint: String? = nil
    ) {
        self.severity = severity
        self.location = location
        self.message = message
        self.notes = notes
        self.hint = hint
    }
}
