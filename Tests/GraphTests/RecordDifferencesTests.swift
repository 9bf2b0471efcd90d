import Graph
import Testing

@Suite struct RecordDifferencesTests {
    private func record(_ values: [Float], kind: String = "latent") -> ArtifactRecord {
        let bytes = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
        return ArtifactRecord(
            kind: kind,
            blocks: ["x": ArtifactRecord.Block(element: .float32, shape: [values.count], bytes: bytes)]
        )
    }

    @Test func equalNumbers() throws {
        let same = try RecordDifferences(between: record([1, -2, 0]), and: record([1, -2, -0.0]))
        #expect(same.maxAbs == 0 && same.ulps == 0 && same.differing == 0 && same.count == 3)
        #expect(same.relativeL2 == 0 && same.cosine == 1 && same.worstBlock == nil)
    }

    @Test func differentNumbers() throws {
        let found = try RecordDifferences(between: record([3, 4]), and: record([4, 3]))
        #expect(found.maxAbs == 1)
        #expect(abs(found.relativeL2 - 2.0.squareRoot() / 5) < 1e-15)
        #expect(abs(found.cosine - 24.0 / 25) < 1e-15)
        #expect(found.worstBlock == "x" && found.differing == 2)
        let opposite = try RecordDifferences(between: record([1]), and: record([-1]))
        #expect(opposite.cosine == -1)
        let toZero = try RecordDifferences(between: record([1]), and: record([0]))
        #expect(toZero.relativeL2 == .infinity && toZero.cosine == 0)
    }

    @Test func stepsOfTheFormat() throws {
        #expect(try RecordDifferences(between: record([1]), and: record([Float(1).nextUp])).ulps == 1)
        let across = try RecordDifferences(
            between: record([.leastNonzeroMagnitude]),
            and: record([-.leastNonzeroMagnitude])
        )
        #expect(across.ulps == 2)
        #expect(try RecordDifferences(between: record([.nan]), and: record([1])).maxAbs.isNaN)
        func half(_ bits: UInt16) -> ArtifactRecord {
            ArtifactRecord(
                kind: "h",
                blocks: [
                    "x": ArtifactRecord.Block(
                        element: .float16,
                        shape: [1],
                        bytes: [UInt8(bits & 255), UInt8(bits >> 8)]
                    )
                ]
            )
        }
        // 1 and 1.5 in 16 bits.
        let halves = try RecordDifferences(between: half(0x3c00), and: half(0x3e00))
        #expect(halves.maxAbs == 0.5 && halves.ulps == 512)
    }

    @Test func whatCannotBeCompared() {
        #expect(throws: RecordDifferences.Mismatch.kinds("latent", "image")) {
            try RecordDifferences(between: record([1]), and: record([1], kind: "image"))
        }
        #expect(throws: RecordDifferences.Mismatch.shapes("x", [1], [2])) {
            try RecordDifferences(between: record([1]), and: record([1, 2]))
        }
        #expect(throws: RecordDifferences.Mismatch.missing("x", of: .second)) {
            try RecordDifferences(between: record([1]), and: ArtifactRecord(kind: "latent"))
        }
    }
}
