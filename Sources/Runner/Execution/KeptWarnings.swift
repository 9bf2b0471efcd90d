import Graph
import Store

/// What nodes warned of when they gave the results that are in the cache: kept beside these, to be said again.
struct KeptWarnings {
    private static let kind = "warnings"
    private static let field = "texts"

    let store: ResultStore

    func keep(_ texts: [String], of result: Digest) {
        let record = ArtifactRecord(kind: Self.kind, values: [Self.field: .list(texts.map { .string($0) })])
        let encoded = RecordCoder.encode(record)
        store.insert(encoded.digest, encoded, kind: Self.kind, for: Self.key(of: result), cost: 0, claim: nil)
    }

    /// By the places of the results, of which few have any.
    func texts(of results: [Digest]) -> [[String]] {
        store.results(for: results.map { Self.key(of: $0).digest }).map { known in
            guard let known, known.hasValue,
                case .list(let texts)? = store.record(for: known.value)?.values[Self.field]
            else { return [] }
            return texts.compactMap { if case .string(let text) = $0 { text } else { nil } }
        }
    }

    private static func key(of result: Digest) -> CacheKey {
        CacheKey(kind: kind, version: 1, parameters: ["result": .string(result.hex)], inputs: [:], numerics: "")
    }
}
