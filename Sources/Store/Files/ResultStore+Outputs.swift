import Graph

extension ResultStore {
    /// What the output file was made of when this cache last saw it written; nil where the file changed since.
    public func outputContent(_ path: String) -> Digest? {
        guard let identity = FileIdentity(path: path) else { return nil }
        if let row = commits.find({ $0.outputs[path] }) { return row.identity == identity ? row.digest : nil }
        return sealedDigest(in: "outputs", column: "content", path: path, identity: identity)
    }

    /// The same for many files: of those that are as they were.
    public func outputContents(of paths: [String]) -> [String: Digest] {
        paths.reduce(into: [:]) { $0[$1] = outputContent($1) }
    }

    /// Remembers that the file was made of `content`.
    ///
    /// - Parameter identity: of the very file that was written, whatever lies at the path by now.
    public func rememberOutput(_ path: String, _ identity: FileIdentity, content: Digest) {
        guard isWritable else { return }
        commits.add { $0.outputs[path] = WriteBatch.FileRow(identity: identity, digest: content) }
    }
}
