import EngineTestSupport
import Foundation
import Testing

/// `pulid-run doctor`, on this machine.
@Suite struct DoctorTests {
    @Test func whatThereIs() throws {
        let test = try CommandTest()
        #expect(try test.run("recipes/seeds.yaml", "--only", "prompt").status == 0)
        let found = try test.run("doctor", "--memory", "3GB", "--threads", "5")
        #expect(found.status == 0)
        let lines = found.lines.filter { !$0.hasPrefix("warning: ") }
        let expected = [
            #/program    pulid-run [0-9.]+; kernels [0-9]+, .+/#,
            #/processor  5 threads \(by --threads\) of [0-9]+ processors?, .+/#,
            #/bf16       by (?:AMX's tiles|.+ with AMX's bits, .+); precision: auto is (?:f32|bf16)/#,
            #/int8       by (?:AMX's tiles|AVX-512 VNNI|AVX-512|AVX2|plain C).*/#,
            #/memory     [0-9.]+ .B(?:, limited to .+)?; a run makes do with 3\.00 GB \(--memory\)/#,
            #/cache      /.+/cache: [0-9.]+ .B, [1-9][0-9]* results; [0-9.]+ .B of disk left/#,
        ]
        #expect(lines.count == expected.count)
        for (line, pattern) in zip(lines, expected) { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
    }

    @Test func aCacheThatCannotBe() throws {
        let test = try CommandTest()
        let found = try test.run("doctor", "--cache", "/proc/nowhere")
        #expect(found.status == 5)
        #expect(found.stderr.hasPrefix("error: "))
    }
}
