import Foundation
import GRDB
import Graph

extension ResultStore {
    /// Gives the remote cache the results of a recipe's last run that it does not have, and waits until it has them.
    ///
    /// - Parameter recipe: the absolute path of the recipe's file.
    /// - Returns: how many it had.
    /// - Throws: `SharingError.nothing` where the recipe has no results here.
    public func push(_ recipe: String) throws -> Int {
        guard let remote else { return 0 }
        let keys = Set(history(of: recipe).filter { !$0.key.isEmpty }.values).sorted()
        guard !keys.isEmpty else { throw SharingError.nothing(recipe: recipe) }
        let known = offer(keys)
        remote.finish()
        return known
    }

    /// Gives the remote cache those of these results that are here and that it does not have; `RemoteCache.finish` waits
    /// for them.
    ///
    /// - Returns: how many it had.
    @discardableResult
    public func offer(_ keys: [Digest]) -> Int {
        guard let remote, !keys.isEmpty else { return 0 }
        let committed = CommittedValues(database: database, files: valueFiles)
        let traces = keys.compactMap(trace)
        let there = remote.traces(for: traces.map { RemoteCache.Question(key: $0.key, kind: $0.kind) })
        let missing = traces.filter { there[$0.key]?.value != $0.value }
        remote.give(
            missing.map { trace in
                RemoteCache.Upload(trace: trace) { committed.checkedBytes(of: trace.value) }
            }
        )
        return traces.count - missing.count
    }

    /// nil for one without a value.
    private func trace(of key: Digest) -> RemoteTrace? {
        guard let result = result(for: key), let numerics = components(of: key)?["numerics"] else { return nil }
        return database.read(nil) { db in
            let sql = """
                SELECT o.node, c.kind, c.size FROM origins o, contents c WHERE o.key = ? AND c.digest = ?
                """
            guard
                let row = try Row.fetchOne(
                    db,
                    sql: sql,
                    arguments: [Data(key.bytes), Data(result.value.bytes)]
                ), let node = row.text(0), let kind = row.text(1), let size = row.integer(2)
            else { return nil }
            return RemoteTrace(
                key: key,
                value: result.value,
                size: size,
                kind: kind,
                node: node,
                numerics: numerics,
                cost: result.cost
            )
        }
    }
}
