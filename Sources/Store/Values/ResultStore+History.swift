import Foundation
import GRDB
import Graph

extension ResultStore {
    /// The keys that a recipe's instances had when they last had results, by the instance's title.
    ///
    /// - Parameter recipe: the absolute path of the recipe's file.
    public func history(of recipe: String) -> [String: Digest] {
        database.read([:]) { db in
            var keys: [String: Digest] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT instance, key FROM history WHERE recipe = ?",
                arguments: [recipe]
            )
            while let row = try rows.next() {
                if let name = row.text(0) { keys[name] = row.digest(1) }
            }
            return keys
        }
    }

    /// The key of one of them.
    public func historyKey(of instance: String, in recipe: String) -> Digest? {
        let name = WriteBatch.InstanceName(recipe: recipe, instance: instance)
        if let key = commits.find({ $0.history[name] }) { return key }
        return database.read(nil) { db in
            let statement = try db.cachedStatement(sql: "SELECT key FROM history WHERE recipe = ? AND instance = ?")
            return try Row.fetchOne(statement, arguments: [recipe, instance])?.digest(0)
        }
    }

    public func remember(_ key: Digest, of instance: String, in recipe: String) {
        remember([instance: key], in: recipe)
    }

    /// - Parameter keys: by the instances' titles.
    public func remember(_ keys: [String: Digest], in recipe: String) {
        guard isWritable, !keys.isEmpty else { return }
        commits.add { batch in
            for (instance, key) in keys {
                batch.history[WriteBatch.InstanceName(recipe: recipe, instance: instance)] = key
            }
        }
    }

    /// What a key of the past stood for; nil when it was forgotten.
    public func components(of key: Digest) -> KeyComponents? {
        if let key = commits.find({ $0.results[key]?.key }) { return KeyComponents(key) }
        return database.read(nil) { db in
            let statement = try db.cachedStatement(sql: "SELECT parts FROM origins WHERE key = ?")
            return try String.fetchOne(statement, arguments: [Data(key.bytes)]).map(KeyComponents.init(stored:))
        }
    }
}
