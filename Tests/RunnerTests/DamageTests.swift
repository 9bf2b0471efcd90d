import EngineTestSupport
import Foundation
import Graph
import Runner
import Store
import Testing

/// Values that were evicted or damaged, and caches that cannot be written.
@Suite struct DamageTests {
    let workshop: Workshop

    init() throws { workshop = try Workshop() }

    /// A chain of three, each value unlike the others.
    private func chain(tail: Double = 7) -> ExecutionGraph {
        var builder = GraphBuilder()
        let a = builder.add("a", "caption", ["text": .string("a picture of a lighthouse")])
        let b = builder.add("b", "paint", ["width": .integer(64)], inputs: ["caption": [a]])
        let c = builder.add("c", "compare", inputs: ["image": [b]])
        builder.output("b.pgm", b)
        builder.output("c-\(tail).json", c)
        builder.expect(c, "max_abs", .less, tail)
        return ExecutionGraph(
            name: "test",
            file: "test.yaml",
            parameters: [:],
            instances: builder.instances,
            outputs: [builder.outputs[0]],
            expectations: builder.expectations
        )
    }

    @Test func evictedValuesAreMadeAgainOnlyWhenNeeded() throws {
        #expect(try workshop.run(chain()).ran == ["a", "b", "c"])
        let store = try workshop.openStore()
        _ = try store.evictValues(keeping: 0)
        store.close()
        // The picture is in place and nothing asks for a or b; the expectation asks for c, which asks for b, and so on.
        #expect(try workshop.plan(chain()).running == ["a", "b", "c"])
        var builder = GraphBuilder()
        let a = builder.add("a", "caption", ["text": .string("a picture of a lighthouse")])
        let b = builder.add("b", "paint", ["width": .integer(64)], inputs: ["caption": [a]])
        builder.output("b.pgm", b)
        #expect(try workshop.run(builder.graph).ran == [])
        try FileManager.default.removeItem(atPath: workshop.folder("out/b.pgm"))
        #expect(
            try workshop.planTable(builder.graph) == """
                node  cells  cached  run  why
                a         1       0    1  its value was evicted from the cache
                b         1       0    1  its value was evicted from the cache
                0 nodes cached, 2 to run
                """
        )
        #expect(try workshop.run(builder.graph).ran == ["a", "b"])
        #expect(try workshop.run(builder.graph).ran == [])
    }

    @Test func aDamagedValueIsReportedAndMadeAgain() throws {
        _ = try workshop.run(chain())
        let good = try workshop.folder.bytes(of: "out/b.pgm")
        // The pixels as they lie in the database, with one bit flipped.
        try workshop.damage(Array(good.suffix(64)))
        try FileManager.default.removeItem(atPath: workshop.folder("out/b.pgm"))

        let outcome = try workshop.run(chain())
        #expect(outcome.ran == ["b"])
        #expect(outcome.warnings.count == 1)
        #expect(outcome.warnings.first?.hasSuffix("is damaged: it is dropped and made again") == true)
        #expect(try workshop.folder.bytes(of: "out/b.pgm") == good)
        #expect(try workshop.run(chain()).ran == [])
    }

    @Test func aCacheThatIsOnlyReadIsUsedAndLeftAlone() throws {
        _ = try workshop.run(chain())
        let before = try workshop.folder.bytes(of: "cache/cache.sqlite")
        let outcome = try workshop.run(chain(), access: .readOnly)
        #expect(outcome.ran == [])
        let other = try workshop.run(chain(tail: 8), access: .readOnly)
        #expect(other.ran == [])
        #expect(other.summary.exitStatus == .success)
        #expect(try workshop.folder.bytes(of: "cache/cache.sqlite") == before)
    }

    @Test func withoutAnyCacheEverythingRunsAndOutputsAreRight() throws {
        try FileManager.default.createDirectory(atPath: workshop.folder("cache"), withIntermediateDirectories: true)
        for _ in 0..<2 {
            let outcome = try workshop.run(chain(), access: .readOnly)
            #expect(outcome.ran == ["a", "b", "c"])
            #expect(outcome.summary.exitStatus == .success)
        }
    }

    /// A value that the cache lists and cannot give is made again once, whether or not the cache can be mended.
    @Test func aDamagedValueInACacheThatIsOnlyReadIsMadeOnce() throws {
        _ = try workshop.run(chain())
        let good = try workshop.folder.bytes(of: "out/b.pgm")
        try workshop.damage(Array(good.suffix(64)))
        try FileManager.default.removeItem(atPath: workshop.folder("out/b.pgm"))
        let outcome = try workshop.run(chain(), access: .readOnly)
        #expect(outcome.ran == ["b"])
        #expect(outcome.warnings.count == 1)
        #expect(try workshop.folder.bytes(of: "out/b.pgm") == good)
    }

    /// A record that is whole, and not what the node's artifact is read from by now: said once, and not for ever.
    @Test func aValueOfAnotherLayoutIsReported() throws {
        _ = try workshop.run(chain())
        let store = try workshop.openStore()
        let (key, value) = paintKey()
        #expect(store.result(for: key.digest)?.value == value)
        let other = RecordCoder.encode(ArtifactRecord(kind: "image", values: ["layout": .string("an earlier one")]))
        store.insert(other.digest, other, kind: "image", for: key, cost: 1, claim: nil)
        store.close()
        try FileManager.default.removeItem(atPath: workshop.folder("out/b.pgm"))
        let outcome = try workshop.run(chain())
        #expect(outcome.summary.failures.map(\.node) == ["b"])
        #expect(outcome.summary.failures[0].reason.contains("without a new version of this node"))
        #expect(outcome.events.count { if case .warning = $0 { true } else { false } } == 1)
        #expect(try workshop.run(chain(), { $0.force = ["b"] }).ran == ["b"])
    }

    private func paintKey() -> (CacheKey, Digest) {
        let caption = ToyText("a picture of a lighthouse").record.digest
        let key = CacheKey(
            kind: "paint",
            version: 1,
            parameters: ["seed": .integer(0), "width": .integer(64)],
            inputs: ["caption": [CacheKey.InputDigest(cell: nil, digest: caption)]],
            numerics: "toy"
        )
        var pixels: [UInt8] = []
        var block = Digest(of: " 0 a picture of a lighthouse".utf8)
        while pixels.count < 64 {
            pixels += block.bytes
            block = Digest(of: block.bytes)
        }
        return (key, ToyImage(pixels).record.digest)
    }
}
