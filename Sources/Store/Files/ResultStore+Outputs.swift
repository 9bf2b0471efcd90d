import Graph

extension ResultStore {
    /// What the output file was made of when this cache last saw it written; nil where the file changed since.
    public func outputContent(_ path: String) -> Digest? { outputContents(of: [path])[path] }

    /// The same for many files: of those that are as they were.
    public func outputContents(of paths: [String]) -> [String: Digest] {
        var rows = sealedRows(in: "outputs", of: paths)
        for batch in commits.waiting.reversed() where !batch.outputs.isEmpty {
            for path in paths { if let row = batch.outputs[path] { rows[path] = row } }
        }
        return rows.reduce(into: [:]) { contents, file in
            if FileIdentity(path: file.key) == file.value.identity { contents[file.key] = file.value.digest }
        }
    }

    /// Remembers that the file was made of `content`.
    ///
    /// - Parameter identity: of the very file that was written, whatever lies at the path by now.
    public func rememberOutput(_ path: String, _ identity: FileIdentity, content: Digest) {
        guard isWritable else { return }
        commits.add { $0.outputs[path] = WriteBatch.FileRow(identity: identity, digest: content) }
    }
}
