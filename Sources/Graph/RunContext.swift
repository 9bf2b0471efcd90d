/// What a running node may ask of the engine.
public struct RunContext: Sendable {
    /// The digest of a file's bytes; remembered by path, size, time and inode, so that large files are read once.
    public let fileDigest: @Sendable (String) throws -> Digest
    private let tellProgress: @Sendable (_ done: Int, _ total: Int, _ note: String?) -> Void
    /// Tells the user something that does not stop the node.
    public let warn: @Sendable (String) -> Void
    /// Throws `CancellationError` once the user has asked to stop; called between steps that take long.
    public let checkCancellation: @Sendable () throws -> Void
    /// Models that stay in memory between nodes and cells.
    public let residents: Residents
    /// A folder for what a long node keeps until it is done, such as the checkpoints of a training: its own for these
    /// inputs, found again after a stop however hard, and removed with all that is in it once the node has its result.
    /// nil where nothing can be kept.
    public let workFolder: @Sendable () throws -> String?

    public init(
        fileDigest: @escaping @Sendable (String) throws -> Digest,
        progress: @escaping @Sendable (Int, Int, String?) -> Void = { _, _, _ in },
        warn: @escaping @Sendable (String) -> Void = { _ in },
        checkCancellation: @escaping @Sendable () throws -> Void = {},
        residents: Residents = Residents(),
        workFolder: @escaping @Sendable () throws -> String? = { nil }
    ) {
        self.fileDigest = fileDigest
        tellProgress = progress
        self.warn = warn
        self.checkCancellation = checkCancellation
        self.residents = residents
        self.workFolder = workFolder
    }

    /// Tells how far the node is.
    ///
    /// - Parameters:
    ///   - done: steps of `total`
    ///   - note: how it stands, where there is more to say: the loss of a training
    public func progress(_ done: Int, _ total: Int, note: String? = nil) { tellProgress(done, total, note) }
}
