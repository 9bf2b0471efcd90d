import Foundation
import Graph

/// A key's components, read back for the day the key no longer matches and somebody asks why.
public struct KeyComponents: Hashable, Sendable {
    /// In the order of `CacheKey.components`.
    public let parts: [Part]

    public struct Part: Hashable, Sendable {
        public let name: String
        public let text: String
    }

    public init(_ key: CacheKey) { parts = key.components.map { Part(name: $0.name, text: $0.text) } }

    /// - Parameter stored: a JSON array of pairs.
    init(stored: String) {
        let pairs = (try? JSONDecoder().decode([[String]].self, from: Data(stored.utf8))) ?? []
        parts = pairs.compactMap { $0.count == 2 ? Part(name: $0[0], text: $0[1]) : nil }
    }

    var stored: String { Value.list(parts.map { .list([.string($0.name), .string($0.text)]) }).json }

    public subscript(name: String) -> String? { parts.first { $0.name == name }?.text }
}
