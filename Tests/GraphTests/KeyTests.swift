import EngineTestSupport
import Graph
import Testing

/// What makes two cache keys one, and what does not.
struct KeyTests {
    private let digest = Digest(of: [1, 2, 3])

    private func key(
        kind: String = "sample",
        version: Int = 1,
        parameters: [String: Value] = ["seed": .integer(1)],
        inputs: [String: [CacheKey.InputDigest]] = [:],
        numerics: String = "x86-64-v3"
    ) -> Digest {
        CacheKey(kind: kind, version: version, parameters: parameters, inputs: inputs, numerics: numerics).digest
    }

    @Test func everyPartCounts() {
        let one = CacheKey.InputDigest(cell: nil, digest: digest)
        let inCell = CacheKey.InputDigest(
            cell: Cell([.init(axis: "style", value: .string("neon"))]),
            digest: digest
        )
        let keys = [
            key(), key(kind: "decode"), key(version: 2), key(numerics: "arm64"),
            key(parameters: ["seed": .integer(2)]), key(parameters: ["seed": .number(1)]),
            key(parameters: ["seed": .string("1")]), key(parameters: ["seeds": .integer(1)]),
            key(inputs: ["a": [one]]), key(inputs: ["b": [one]]), key(inputs: ["a": [one, one]]),
            key(inputs: ["a": [inCell]]),
        ]
        #expect(Set(keys).count == keys.count)
    }

    /// `explain` finds a difference wherever keys differ.
    @Test func differentPartsReadDifferently() {
        let values: [Value] = [
            .string("a, b"), .list([.string("a"), .string("b")]), .list([.string("a, b")]), .string("1"), .integer(1),
            .number(1), .string("null"), .null, .string("true"), .bool(true), .map(["a": .integer(1)]), .list([]),
            .map([:]), .string(""),
        ]
        let texts = values.map { value in
            CacheKey(kind: "sample", version: 1, parameters: ["x": value], inputs: [:], numerics: "").components.map(
                \.text
            )
        }
        #expect(Set(texts).count == values.count, "\(texts.map { $0[4] })")
    }

    /// However many of the parameters are left open, and whichever.
    @Test func aTemplateGivesTheDigestOfTheWholeKey() {
        let parameters: [String: Value] = [
            "steps": .integer(4), "seed": .integer(1), "text": .string("neon"), "files": .list([.string("a"), .null]),
            "window": .map(["to": .number(0.5), "from": .integer(0)]),
        ]
        let inCell = CacheKey.InputDigest(cell: Cell([.init(axis: "seed", value: .integer(3))]), digest: digest)
        let inputs = ["b": [inCell, inCell], "a": [CacheKey.InputDigest(cell: nil, digest: digest)]]
        let whole = key(parameters: parameters, inputs: inputs)
        let names = parameters.keys.sorted()
        for choice in 0..<1 << names.count {
            let open = names.indices.filter { choice >> $0 & 1 == 1 }.map { names[$0] }.reversed() as [String]
            let template = KeyTemplate(
                kind: "sample",
                version: 1,
                numerics: "x86-64-v3",
                constants: parameters.filter { !open.contains($0.key) },
                varying: open
            )
            let digest = template.digest(
                values: { parameters[open[$0]] ?? .null },
                inputs: inputs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            )
            #expect(digest == whole)
        }
        #expect(whole.hex == "b121f37c6bc4c54b6a58458b4cdc4cb5e957d33a15cd092e021deaf3919db11e")
    }

    /// Text that looks like the encoding of something else must not be taken for it.
    @Test func encodingsCannotRunIntoEachOther() {
        func bytes(_ values: [Value]) -> [UInt8] {
            var encoder = CanonicalEncoder()
            for value in values { encoder.append(value) }
            return encoder.bytes
        }
        #expect(bytes([.string("ab"), .string("c")]) != bytes([.string("a"), .string("bc")]))
        #expect(bytes([.list([.string("a")]), .string("b")]) != bytes([.list([.string("a"), .string("b")])]))
        #expect(bytes([.number(0)]) == bytes([.number(-0.0)]))
        #expect(bytes([.integer(1)]) != bytes([.number(1)]))
    }
}
