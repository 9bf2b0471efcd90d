import Graph
import Store
import Synchronization

/// The keys that a recipe's instances had when they last had results, by their titles, and those that they had before
/// these: what `plan` and `explain` compare with. Read when it is first asked for.
final class KeyHistory: Sendable {
    private let store: ResultStore
    private let recipe: String
    private let isKept: Bool
    private let known = Mutex<[String: Digest]?>(nil)
    private let replaced = Mutex<[String: Digest]?>(nil)
    private let changes = Mutex<[String: Digest]?>(nil)
    private let thisRun = Mutex<Digest?>(nil)
    /// The cache remembers the keys before the last ones as those of this.
    private var before: String { "\(recipe) before" }
    /// And here the run that found another key than the one before; each run has a mark of its own.
    private var marks: String { "\(recipe) changed" }

    /// - Parameter isKept: whether what this run finds is what later ones are compared with.
    init(store: ResultStore, recipe: String, isKept: Bool) {
        self.store = store
        self.recipe = recipe
        self.isKept = isKept
    }

    subscript(title: String) -> Digest? {
        known.withLock { known in
            let keys = known ?? store.history(of: recipe)
            known = keys
            return keys[title]
        }
    }

    /// The key before the last one.
    func keyBefore(_ title: String) -> Digest? {
        replaced.withLock { replaced in
            let keys = replaced ?? store.history(of: before)
            replaced = keys
            return keys[title]
        }
    }

    /// Whether the last run found another key than the one before it, or the first.
    func lastRunChanged(_ title: String) -> Bool {
        changes.withLock { changes in
            let known = changes ?? store.history(of: marks)
            changes = known
            return known[title] != nil && known[title] == known[Self.wholeRecipe]
        }
    }

    func remember(_ key: Digest, of title: String) {
        guard isKept else { return }
        let run = mark()
        guard self[title] != key else { return }
        if let old = self[title] { store.remember(old, of: title, in: before) }
        if !isFirstRun { store.remember(run, of: title, in: marks) }
        store.remember(key, of: title, in: recipe)
    }

    /// Everything is new then, which need not be said of each.
    private var isFirstRun: Bool { known.withLock { $0?.isEmpty ?? true } }

    /// This run's mark, which follows from the last one's; made when there is first something to remember.
    private func mark() -> Digest {
        thisRun.withLock { mark in
            if let mark { return mark }
            let last = store.historyKey(of: Self.wholeRecipe, in: marks)
            let next = Digest(of: "after \(last?.hex ?? "none")".utf8)
            store.remember(next, of: Self.wholeRecipe, in: marks)
            mark = next
            return next
        }
    }

    /// Remembers what the cache gave for these instances, unless it is what it gave the last time.
    func remember(_ cached: some Collection<(instance: Instance, key: Digest)>) {
        guard isKept, !cached.isEmpty else { return }
        let run = mark()
        let all = Self.digest(of: cached)
        guard store.historyKey(of: Self.wholeRecipe, in: recipe) != all else { return }
        var changed = [Self.wholeRecipe: all]
        var old: [String: Digest] = [:]
        for (instance, key) in cached where self[instance.title] != key {
            changed[instance.title] = key
            old[instance.title] = self[instance.title]
        }
        store.remember(old, in: before)
        if !isFirstRun {
            store.remember(changed.filter { $0.key != Self.wholeRecipe }.mapValues { _ in run }, in: marks)
        }
        store.remember(changed, in: recipe)
    }

    /// Of all titles and keys, of which no more than some lie in memory at once.
    private static func digest(of keys: some Collection<(instance: Instance, key: Digest)>) -> Digest {
        var hasher = Digest.Hasher()
        var encoder = CanonicalEncoder()
        for (instance, key) in keys {
            encoder.append(placeOf: instance)
            encoder.append(key)
            if encoder.bytes.count > 1 << 14 {
                encoder.bytes.withUnsafeBytes { hasher.update($0) }
                encoder = CanonicalEncoder()
            }
        }
        encoder.bytes.withUnsafeBytes { hasher.update($0) }
        return hasher.finish()
    }

    /// No instance has this title.
    private static let wholeRecipe = ""
}
