/// What a running node may ask of the engine.
public struct RunContext: Sendable {
    /// The digest of a file's bytes; remembered by path, size, time and inode, so that large files are read once.
    public let fileDigest: @Sendable (String) throws -> Digest
    /// Tells how far the node is: `done` of `total` steps.
    public let progress: @Sendable (_ done: Int, _ total: Int) -> Void
    /// Tells the user something that does not stop the node.
    public let warn: @Sendable (String) -> Void
    /// Throws `CancellationError` once the user has asked to stop; called between steps that take long.
    public let checkCancellation: @Sendable () throws -> Void
    /// Models that stay in memory between nodes and cells.
    public let residents: Residents

    public init(
        fileDigest: @escaping @Sendable (String) throws -> Digest,
        progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in },
        warn: @escaping @Sendable (String) -> Void = { _ in },
        checkCancellation: @escaping @Sendable () throws -> Void = {},
        residents: Residents = Residents()
    ) {
        self.fileDigest = fileDigest
        self.progress = progress
        self.warn = warn
        self.checkCancellation = checkCancellation
        self.residents = residents
    }
}
