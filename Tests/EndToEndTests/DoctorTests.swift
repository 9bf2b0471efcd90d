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

    /// A process that may run on one processor alone starts one thread.
    @Test func affinity() throws {
        let first = "sed -n 's/^Cpus_allowed_list:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/self/status"
        let found = try CommandTest().shell("taskset -c $(\(first)) \"$PULID_RUN\" doctor")
        let why = ProcessInfo.processInfo.processorCount == 1 ? "the machine's" : "by affinity, as taskset sets it"
        #expect(found.lines.contains { $0.hasPrefix("processor  1 thread (\(why)) of ") }, "\(found)")
    }

    /// What files are, what is wrong with them, and what a portrait needs beside them: by the judgement that inspect gives.
    @Test func models() throws {
        let test = try CommandTest()
        try test.folder.write("\u{10}\0\0\0\0\0\0\0{\"a\": [1", to: "more/bad\u{1b}.safetensors")
        let found = try test.run("doctor", "models/tiny", "models/tiny/sdxl", "more", "models/tiny/none")
        #expect(found.status == 0)
        #expect(
            found.lines.filter { $0.hasPrefix("model ") } == [
                "model      models/tiny/eva_clip.safetensors: EVA02-CLIP",
                "model      models/tiny/face: a folder of networks that look at faces",
                "model      models/tiny/lightning.safetensors: SDXL's UNet alone",
                "model      models/tiny/pulid.safetensors: PuLID v1",
                "model      models/tiny/sdxl: SDXL in the layout of diffusers",
                "model      models/tiny/sdxl: SDXL in the layout of diffusers",
                "model      more/bad\\u001B.safetensors: a file that cannot be read",
                "model      models/tiny/none: a file that cannot be read",
            ]
        )
        // The embedded models have names of their own.
        let missing = found.lines.filter { $0.hasPrefix("missing ") }
        #expect(missing.count == 7 && missing[1].hasPrefix("missing    pulid_v1.bin or pulid_v1.1.safetensors: "))
        let problems = found.lines.filter { $0.hasPrefix("warning: m") }
        #expect(problems.count == 2)
        #expect(problems.first?.hasPrefix("warning: more/bad\\u001B.safetensors: ") == true)
        #expect(problems.last == "warning: models/tiny/none: cannot be read: No such file or directory")
    }

    @Test func aCacheThatCannotBe() throws {
        let test = try CommandTest()
        let found = try test.run("doctor", "--cache", "/proc/nowhere")
        #expect(found.status == 5)
        #expect(found.stderr.hasPrefix("error: "))
    }
}
