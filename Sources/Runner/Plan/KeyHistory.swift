import Graph
import Store
import Synchronization

/// The keys that a recipe's instances had when they last had results, by their titles: what `plan` and `explain` compare
/// with. Read when it is first asked for.
final class KeyHistory: Sendable {
    private let store: ResultStore
    private let recipe: String
    private let known = Mutex<[String: Digest]?>(nil)

    init(store: ResultStore, recipe: String) {
        self.store = store
        self.recipe = recipe
    }

    subscript(title: String) -> Digest? {
        known.withLock { known in
            let keys = known ?? store.history(of: recipe)
            known = keys
            return keys[title]
        }
    }

    func remember(_ key: Digest, of title: String) {
        if self[title] != key { store.remember(key, of: title, in: recipe) }
    }

    /// Remembers what the cache gave for these instances, unless it is what it gave the last time.
    func remember(_ cached: [(instance: Instance, key: Digest)]) {
        guard !cached.isEmpty else { return }
        var encoder = CanonicalEncoder()
        for (instance, key) in cached {
            encoder.append(.string(instance.node))
            for coordinate in instance.cell.coordinates {
                encoder.append(.string(coordinate.axis))
                encoder.append(coordinate.value)
            }
            key.withUnsafeBytes { encoder.append($0) }
        }
        let all = Digest(of: encoder.bytes)
        guard store.historyKey(of: Self.wholeRecipe, in: recipe) != all else { return }
        var changed = [Self.wholeRecipe: all]
        for (instance, key) in cached where self[instance.title] != key { changed[instance.title] = key }
        store.remember(changed, in: recipe)
    }

    /// No instance has this title.
    private static let wholeRecipe = ""
}
