/// What a running node may ask of the engine.
public struct RunContext: Sendable {
    /// The digest of a file's bytes and of those of the files that are read with it, such as the shards of an index;
    /// remembered by path, size, times and inode, so that large files are read once. Whatever a node reads of the file
    /// system it asks for here first: a file that is no longer what it was when the node is done fails it.
    public let fileDigest: @Sendable (String) throws -> Digest
    /// Throws when one of these files, or what is read with it, is no longer what `fileDigest` hashed: asked for after a
    /// file was read or mapped by whatever outlives the node, such as a network in `residents`.
    public let checkUnchanged: @Sendable (_ paths: [String]) throws -> Void
    /// Shows somebody how a picture comes along; nil where nobody looks. What is shown decides no bit of a result.
    public let preview: (@Sendable (PreviewPicture) -> Void)?
    private let tellProgress: @Sendable (_ done: Int, _ total: Int, _ note: String?) -> Void
    /// Tells the user something that does not stop the node.
    public let warn: @Sendable (String) -> Void
    /// The same of what concerns this run alone, and not the result.
    public let warnOfRun: @Sendable (String) -> Void
    /// Throws `CancellationError` once the user has asked to stop; called between steps that take long.
    public let checkCancellation: @Sendable () throws -> Void
    /// Models that stay in memory between nodes and cells.
    public let residents: Residents
    /// What a long node keeps until it is done.
    public let checkpoints: Checkpoints

    public init(
        fileDigest: @escaping @Sendable (String) throws -> Digest,
        checkUnchanged: @escaping @Sendable ([String]) throws -> Void = { _ in },
        progress: @escaping @Sendable (Int, Int, String?) -> Void = { _, _, _ in },
        preview: (@Sendable (PreviewPicture) -> Void)? = nil,
        warn: @escaping @Sendable (String) -> Void = { _ in },
        warnOfRun: (@Sendable (String) -> Void)? = nil,
        checkCancellation: @escaping @Sendable () throws -> Void = {},
        residents: Residents = Residents(),
        checkpoints: Checkpoints = .none
    ) {
        self.fileDigest = fileDigest
        self.checkUnchanged = checkUnchanged
        tellProgress = progress
        self.preview = preview
        self.warn = warn
        self.warnOfRun = warnOfRun ?? warn
        self.checkCancellation = checkCancellation
        self.residents = residents
        self.checkpoints = checkpoints
    }

    /// Tells how far the node is.
    ///
    /// - Parameters:
    ///   - done: steps of `total`
    ///   - note: how it stands, where there is more to say: the loss of a training
    public func progress(_ done: Int, _ total: Int, note: String? = nil) { tellProgress(done, total, note) }
}
