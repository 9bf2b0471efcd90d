/// What came of asking a tier.
public struct RemoteStatistics: Hashable, Sendable {
    /// Keys of which it had results.
    public internal(set) var found = 0
    /// Values that it gave, and their bytes.
    public internal(set) var valuesRead = 0
    public internal(set) var bytesRead = 0
    /// Results that it was given, and the bytes of values.
    public internal(set) var written = 0
    public internal(set) var bytesWritten = 0
    /// Entries that were not what their names say: damaged, cut off, foreign.
    public internal(set) var wrong = 0
    /// Traces without a signature of those who are believed.
    public internal(set) var unsigned = 0
    /// Requests without an answer of a cache: errors, time-outs, redirections.
    public internal(set) var failures = 0
    /// Results that should have been written and were not.
    public internal(set) var notWritten = 0

    public init() {}
}
