import Foundation

/// Values that are dear to make and are kept for the run: loaded networks, above all. Each is made once, also when two
/// nodes ask at the same time, and once more if it was let go of in between.
///
/// What is kept fits what the run's memory has left for it: before a value is made that says how large it will be, and
/// before a node that takes much, those whose last use is longest ago are let go of until there is room. Whoever still
/// uses one of them holds it; a value beyond the limit is made all the same.
public final class Residents: @unchecked Sendable {
    private final class Place: @unchecked Sendable {
        /// Held while the value is made.
        let lock = NSLock()
        var value: (any Sendable)?

        // Guarded by the lock of `Residents`.
        var bytes = 0
        var isMade = false
        /// How many uses of any value there had been.
        var lastUse = 0
    }

    /// Whose memory the values take, those that say how much.
    public let budget: MemoryBudget

    private let lock = NSLock()
    private var places: [String: Place] = [:]
    private var uses = 0

    public init(_ budget: MemoryBudget = MemoryBudget()) { self.budget = budget }

    /// What is kept now, in bytes.
    public var bytes: Int { lock.withLock { places.values.reduce(0) { $0 + $1.bytes } } }

    /// The value under `key`, made by `make` if there is none. The key must name all that the value depends on.
    ///
    /// - Parameter make: for a large value, it calls `reserve` with the bytes that the value will take, before it takes
    ///   them; of several calls the sum counts
    public func value<Value: Sendable>(
        for key: String,
        make: (_ reserve: (Int) -> Void) throws -> Value
    ) rethrows -> Value {
        let place = lock.withLock {
            let place = places[key] ?? Place()
            places[key] = place
            uses += 1
            place.lastUse = uses
            return place
        }
        return try place.lock.withLock {
            if let value = place.value as? Value { return value }
            do {
                let value = try make { reserve($0, for: place) }
                place.value = value
                lock.withLock { place.isMade = true }
                return value
            } catch {
                lock.withLock { place.bytes = 0 }
                throw error
            }
        }
    }

    /// The same for a small value, which is kept to the end.
    public func value<Value: Sendable>(for key: String, make: () throws -> Value) rethrows -> Value {
        try value(for: key) { _ in try make() }
    }

    /// Makes room for a value that is being made.
    private func reserve(_ bytes: Int, for place: Place) {
        lock.withLock { place.bytes += bytes }
        letGo(keeping: nil)
    }

    /// Makes room for a node that is about to work. The value used last stays: it may be the one that the node needs.
    public func makeRoom() {
        letGo(keeping: lock.withLock { places.values.filter { $0.bytes > 0 }.max { $0.lastUse < $1.lastUse } })
    }

    private func letGo(keeping kept: Place?) {
        let limit = budget.roomForNetworks
        let unwanted = lock.withLock {
            var sum = places.values.reduce(0) { $0 + $1.bytes }
            guard sum > limit else { return [Place]() }
            var unwanted: [Place] = []
            let large = places.filter { $0.value.isMade && $0.value.bytes > 0 && $0.value !== kept }
            for (key, old) in large.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where sum > limit {
                places[key] = nil
                sum -= old.bytes
                unwanted.append(old)
            }
            return unwanted
        }
        // Giving memory back takes a while: not under the lock.
        withExtendedLifetime(unwanted) {}
    }
}
