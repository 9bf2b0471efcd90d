import Foundation
import GRDB
import Graph

extension ResultStore {
    /// Takes up what `export` wrote, here or elsewhere. Nothing is taken of a file of which anything is not right. What the
    /// cache has itself, it keeps.
    ///
    /// - Parameter recipe: the absolute path of the recipe's file here, for `plan` and `explain` to compare with.
    /// - Returns: what was not here before.
    /// - Throws: `SharingError`, `StoreError`.
    public func take(_ file: String, for recipe: String? = nil) throws -> SharedCounts {
        guard isWritable else { throw StoreError.readOnly(path: folder.path) }
        let shared = try SharedFile(path: file)
        defer { shared.close() }
        var values: Set<Digest> = []
        try shared.eachResult { result in
            if values.insert(result.value).inserted { _ = try shared.value(result.value) }
        }
        let history = try shared.history()

        var counts = SharedCounts()
        var results: [SharedFile.Result] = []
        for value in values.sorted() where !hasValue(value) {
            guard let (kind, encoded) = try shared.value(value), insert(value, encoded, kind: kind) else { continue }
            counts.values += 1
            counts.bytes += encoded.count
        }
        try shared.eachResult { results.append($0) }
        flush()
        let outcome = database.write { db in
            counts.results = 0
            for result in results {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO results (key, value, cost, made, used, seal) VALUES (?,?,?,?,?,?)",
                    arguments: [
                        Data(result.key.bytes), Data(result.value.bytes), result.cost, result.made,
                        Int(Date().timeIntervalSince1970), Data(Digest.seal(result.key.bytes, result.value.bytes)),
                    ]
                )
                counts.results += db.changesCount
                try db.execute(
                    sql: "INSERT OR IGNORE INTO origins (key, node, parts) VALUES (?,?,?)",
                    arguments: [Data(result.key.bytes), result.node, result.parts]
                )
            }
        }
        switch outcome {
        case .committed: break
        case .postponed(let reason, _): throw StoreError.unusable(path: folder.path, reason: reason)
        case .refused: throw StoreError.readOnly(path: folder.path)
        }
        if let recipe { for (instance, key) in history { remember(key, of: instance, in: recipe) } }
        flush()
        return counts
    }

    private func hasValue(_ digest: Digest) -> Bool {
        if case .bytes = storedBytes(of: digest) { true } else { false }
    }
}
