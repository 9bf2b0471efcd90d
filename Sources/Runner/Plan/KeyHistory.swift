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
}
