import Foundation
import GRDB
import Graph

extension ResultStore {
    /// What the key gave when it was last computed, here or in another process.
    public func result(for key: Digest) -> StoredResult? { results(for: [key])[0] }

    /// The results of keys, by their places; nil where a key has none.
    public func results(for keys: [Digest]) -> [StoredResult?] {
        var results = [StoredResult?](repeating: nil, count: keys.count)
        let unusable = unusable.withLock(\.self)
        let isTierAsked = remote?.isReading ?? false
        let ignoresTold = told.withLock(\.areIgnored)
        func add(_ value: Digest, isHere: Bool, cost: Double, isTold: Bool, at place: Int) {
            let hasValue = (isHere || isTierAsked) && !unusable.contains(value)
            results[place] = StoredResult(value: value, hasValue: hasValue, cost: cost, isTold: isTold)
        }
        for batch in commits.waiting where !batch.results.isEmpty {
            for (place, key) in keys.enumerated() where results[place] == nil {
                guard let result = batch.results[key], !(result.isTold && ignoresTold) else { continue }
                let isHere = batch.contents[result.value] != nil
                add(result.value, isHere: isHere, cost: result.cost, isTold: result.isTold, at: place)
            }
        }
        let missing = keys.indices.filter { results[$0] == nil }
        var used: [Digest] = []
        let yesterday = Int(Date().timeIntervalSince1970) - 86400
        let sql = """
            SELECT r.value, r.cost, r.seal, r.used, EXISTS (SELECT 1 FROM contents WHERE digest = r.value), r.told
            FROM results r WHERE r.key = ?
            """
        database.read(()) { db in
            try db.eachRow(sql, of: missing.lazy.map { keys[$0] }) { number, row in
                let place = missing[number]
                let key = keys[place]
                guard let value = row.digest(0), key.withBytes({ Digest.seals(row.bytes(2), $0, row.bytes(0)) }) else {
                    return
                }
                let isTold = row.integer(5) == 1
                if isTold, ignoresTold { return }
                if row.integer(3) < yesterday { used.append(key) }
                add(value, isHere: row.integer(4) == 1, cost: row.number(1), isTold: isTold, at: place)
            }
        }
        // For eviction by age; once a day is enough.
        if !used.isEmpty, isWritable { commits.add { $0.used.formUnion(used) } }
        noteTold(zip(keys, results))
        return results
    }

    /// Keeps a result. It can be read from this store at once, and by other processes after the next commit.
    ///
    /// - Parameters:
    ///   - encoded: the record that `value` is the digest of; nil to keep the digest alone.
    ///   - claim: held until the result is committed.
    /// - Returns: whether the value can be read from here whenever it is needed; else it may be gone before that.
    @discardableResult
    public func insert(
        _ value: Digest,
        _ encoded: EncodedRecord?,
        kind: String,
        for key: CacheKey,
        cost: Double,
        claim: Claim?
    ) -> Bool {
        guard isWritable else { return false }
        let content = encoded.flatMap { keep($0, value, kind: kind) }
        let made = Int(Date().timeIntervalSince1970)
        let digest = key.digest
        if content != nil { setUsable(value, true) }
        commits.add { batch in
            batch.results[digest] = WriteBatch.Result(value: value, cost: cost, made: made, key: key)
            if let content {
                batch.contents[value] = content
                batch.size += content.bytes?.count ?? 0
                batch.finished.insert(digest)
            }
            if let claim { batch.claims.append(claim) }
        }
        return content != nil && commits.isKeepingUp
    }

    /// Keeps a value whose results are told later.
    /// - Returns: whether it could be written.
    func insert(_ value: Digest, _ encoded: EncodedRecord, kind: String) -> Bool {
        guard let content = keep(encoded, value, kind: kind) else { return false }
        setUsable(value, true)
        commits.add { batch in
            batch.contents[value] = content
            batch.size += content.bytes?.count ?? 0
        }
        return true
    }

    /// nil when it could not be written.
    private func keep(_ encoded: EncodedRecord, _ value: Digest, kind: String) -> WriteBatch.Content? {
        guard encoded.count > Self.largestInDatabase else {
            return WriteBatch.Content(kind: kind, size: encoded.count, bytes: encoded.bytes)
        }
        do {
            try valueFiles.write(encoded, as: value)
            return WriteBatch.Content(kind: kind, size: encoded.count, bytes: nil)
        } catch {
            let reason = DatabaseFault.reason(error)
            commits.noteLoss()
            notices.warn("a value of \(encoded.count) bytes could not be kept: \(reason)", onceFor: "keep \(reason)")
            return nil
        }
    }
}
