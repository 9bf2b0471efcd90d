import Graph

extension ResultStore {
    /// What the output file was made of when this cache last saw it written; nil where the file changed since.
    public func outputContent(_ path: String) -> Digest? { outputContents(of: [path])[0] }

    /// The same for many files, by their places: of those that are as they were.
    public func outputContents(of paths: [String]) -> [Digest?] {
        let waiting = commits.waiting.map(\.outputs).filter { !$0.isEmpty }
        var looks = FolderLooks()
        var contents = [Digest?](repeating: nil, count: paths.count)
        func see(_ place: Int, _ identity: FileIdentity, _ digest: Digest) {
            if looks.identity(of: paths[place]) == identity { contents[place] = digest }
        }
        eachSealedRow(in: "outputs", of: paths) { place, identity, digest in
            if !waiting.contains(where: { $0[paths[place]] != nil }) { see(place, identity, digest) }
        }
        for place in paths.indices where !waiting.isEmpty {
            if let row = waiting.lazy.compactMap({ $0[paths[place]] }).first { see(place, row.identity, row.digest) }
        }
        return contents
    }

    /// Remembers that the file was made of `content`.
    ///
    /// - Parameter identity: of the very file that was written, whatever lies at the path by now.
    public func rememberOutput(_ path: String, _ identity: FileIdentity, content: Digest) {
        guard isWritable else { return }
        commits.add { $0.outputs[path] = WriteBatch.FileRow(identity: identity, digest: content) }
    }
}
