import Foundation

/// Values that are dear to make and live as long as the run: loaded networks, above all. Each is made once, also when
/// two nodes ask at the same time.
public final class Residents: @unchecked Sendable {
    private final class Place: @unchecked Sendable {
        let lock = NSLock()
        var value: (any Sendable)?
    }

    private let lock = NSLock()
    private var places: [String: Place] = [:]

    public init() {}

    /// The value under `key`, made by `make` if there is none. The key must name all that the value depends on.
    public func value<Value: Sendable>(for key: String, make: () throws -> Value) rethrows -> Value {
        let place = lock.withLock {
            let place = places[key] ?? Place()
            places[key] = place
            return place
        }
        return try place.lock.withLock {
            if let value = place.value as? Value { return value }
            let value = try make()
            place.value = value
            return value
        }
    }
}
