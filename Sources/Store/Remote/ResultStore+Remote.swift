import Foundation
import GRDB
import Graph

/// What is known by hearsay: keys whose results a remote cache told of.
struct ToldResults {
    var keys: Set<Digest> = []
    var areIgnored = false
}

extension ResultStore {
    /// Asks the remote cache for keys that have no result here.
    public func ask(_ questions: [RemoteCache.Question]) -> [Digest: RemoteTrace] {
        remote?.traces(for: questions) ?? [:]
    }

    /// Whether the remote cache may know more of a key than when it was last asked.
    public func isWorthAsking(_ key: Digest) -> Bool { remote?.isWorthAsking(key) ?? false }

    /// Believes what the remote cache told of a key, until something speaks against it.
    ///
    /// - Returns: nil where it was told of another key.
    public func take(_ trace: RemoteTrace, for key: CacheKey) -> StoredResult? {
        let digest = key.digest
        guard trace.key == digest, trace.node == key.kind, trace.numerics == key.numerics else {
            remote?.noteForeign(trace.value, "was made by \(trace.node) with \(trace.numerics), its trace says")
            return nil
        }
        let result = StoredResult(
            value: trace.value,
            hasValue: !unusable.withLock { $0.contains(trace.value) },
            cost: trace.cost,
            isTold: true
        )
        noteTold(CollectionOfOne((digest, result)))
        guard isWritable else { return result }
        let made = Int(Date().timeIntervalSince1970)
        commits.add { batch in
            guard batch.results[digest] == nil else { return }
            batch.results[digest] = WriteBatch.Result(
                value: trace.value,
                cost: trace.cost,
                made: made,
                key: key,
                isTold: true
            )
        }
        return result
    }

    func noteTold(_ results: some Sequence<(Digest, StoredResult?)>) {
        let keys = results.lazy.filter { $0.1?.isTold == true }.map(\.0)
        for key in keys { told.withLock { _ = $0.keys.insert(key) } }
    }

    /// Whether the result of a key is hearsay.
    public func isTold(_ key: Digest) -> Bool { told.withLock { $0.keys.contains(key) } }

    /// Forgets all that was told, since some of it was not true, and asks nothing more.
    public func forgetTold() {
        remote?.turnOff()
        told.withLock { $0 = ToldResults(areIgnored: true) }
        flush()
        commits.add { batch in batch.results = batch.results.filter { !$0.value.isTold } }
        database.write { db in try db.execute(sql: "DELETE FROM results WHERE told = 1") }
    }

    // MARK: - Values

    /// Has values read from the remote cache that somebody is about to ask for.
    public func fetch(_ values: [Digest]) {
        guard let remote, isWritable else { return }
        let missing = values.filter { !isListed($0) }
        remote.fetch(missing.map { value in { [weak self] in _ = self?.download(value) } })
    }

    private func isListed(_ value: Digest) -> Bool {
        if commits.find({ $0.contents[value] }) != nil { return true }
        return database.read(false) { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM contents WHERE digest = ?")
            return try Int.fetchOne(statement, arguments: [Data(value.bytes)]) != nil
        }
    }

    /// The value from the remote cache, which is kept here as well; nil where it is not to be had.
    func download(_ value: Digest) -> Graph.ArtifactRecord? {
        guard let remote, remote.isReading else { return nil }
        return remote.once(value) {
            // Another thread may have come before.
            if case .bytes(let bytes) = storedBytes(of: value) { return try? RecordCoder.decode(bytes) }
            guard let size = remote.size(of: value), let record = read(value, size: size, remote) else { return nil }
            if let kind = remote.told(of: value)?.kind, record.kind != kind {
                remote.noteForeign(value, "is a \(record.kind), and its trace says a \(kind)")
                return nil
            }
            return record
        }
    }

    private func read(_ value: Digest, size: Int, _ remote: RemoteCache) -> Graph.ArtifactRecord? {
        if size > Self.largestInDatabase, isWritable { return readIntoFile(value, size: size, remote) }
        // What a server says is not worth more memory than that.
        guard size <= 1 << 30 else { return nil }
        var isWhole = false
        let bytes: Bytes? = try? remote.waiting {
            try Bytes(count: size) { memory in
                var rest = memory[...]
                isWhole = try remote.read(value, size: size) { piece in
                    UnsafeMutableRawBufferPointer(rebasing: rest).copyMemory(from: piece)
                    rest = rest.dropFirst(piece.count)
                }
            }
        }
        guard isWhole, let bytes, let record = try? RecordCoder.decode(bytes) else { return nil }
        let encoded = RecordCoder.encode(record)
        if isWritable, encoded.digest == value { _ = insert(value, encoded, kind: record.kind) }
        return record
    }

    /// Without a moment at which all of it is in memory twice.
    private func readIntoFile(_ value: Digest, size: Int, _ remote: RemoteCache) -> Graph.ArtifactRecord? {
        do {
            let isWhole = try remote.waiting {
                try valueFiles.write(value) { file in
                    try remote.read(value, size: size) { try file.write($0) }
                }
            }
            guard isWhole, let bytes = try valueFiles.read(value), let record = try? RecordCoder.decode(bytes) else {
                return nil
            }
            setUsable(value, true)
            commits.add { batch in
                batch.contents[value] = WriteBatch.Content(kind: record.kind, size: size, bytes: nil)
            }
            return record
        } catch {
            let reason = DatabaseFault.reason(error)
            notices.warn("a value of \(size) bytes could not be kept: \(reason)", onceFor: "keep \(reason)")
            return nil
        }
    }
}

extension WriteBatch {
    /// The results of this process, for others.
    func uploads(from values: CommittedValues) -> [RemoteCache.Upload] {
        results.compactMap { key, result in
            guard !result.isTold, let content = contents[result.value] else { return nil }
            let trace = RemoteTrace(
                key: key,
                value: result.value,
                size: content.size,
                kind: content.kind,
                node: result.key.kind,
                numerics: result.key.numerics,
                cost: result.cost
            )
            return RemoteCache.Upload(trace: trace) { values.checkedBytes(of: result.value) }
        }
    }
}
