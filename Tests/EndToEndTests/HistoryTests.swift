import EngineTestSupport
import Foundation
import Testing

/// What is told of runs, during and after them.
@Suite struct HistoryTests {
    private let test: CommandTest

    init() throws { test = try CommandTest.ofTwoFaces() }

    @Test func quietAndVerbose() throws {
        let quiet = try test.run("face.yaml", "-q")
        #expect(quiet.status == 0)
        #expect(quiet.stderr == "")
        #expect(quiet.stdout == "out/face/1.png\nout/face/2.png\n")
        let verbose = try test.run("face.yaml", "--verbose", "--set", "seed=[1, 3]")
        let lines = verbose.stderr.split(separator: "\n").map(String.init)
        #expect(lines.contains("[0/1] picture[seed=1]: cached"), "\(verbose.stderr)")
        #expect(test.summary(verbose) == "1 ran, 1 cached, 2 written")
        #expect(try test.run("face.yaml", "-q", "-v").status == 64)
    }

    @Test func quietStillSaysWhatIsWrong() throws {
        try test.edit("face.yaml") { $0 + "expect: [\"$picture.nonsense > 1\"]\n" }
        let result = try test.run("face.yaml", "-q")
        #expect(result.status == 2)
        #expect(result.stderr.contains("nonsense"))
    }

    @Test func whatRunsWrote() throws {
        #expect(try test.run("face.yaml").status == 0)
        #expect(try test.run("face.yaml", "--set", "seed=[2, 3]").status == 0)
        let history = try test.run("history", "face.yaml")
        #expect(history.status == 0)
        let patterns = [
            #/run  when +took  ran  cached  failed  written  exit  command  recipe/#,
            #/  2  20..-..-..T..:..:..Z  [0-9.]+ s    1       1       0        2     0  run      face\.yaml seed=\[2, 3\]/#,
            #/  1  20..-..-..T..:..:..Z  [0-9.]+ s    2       0       0        2     0  run      face\.yaml/#,
        ]
        #expect(history.lines.count == patterns.count, "\(history.stdout)")
        for (line, pattern) in zip(history.lines, patterns) { #expect(line.wholeMatch(of: pattern) != nil, "\(line)") }
        #expect(try test.run("history", "--limit", "1").lines.count == 2)
        #expect(try test.run("history", "--run", "1").stdout == "out/face/1.png\nout/face/2.png\n")
        #expect(try test.run("history", "other.yaml").stdout == "")
        let unknown = try test.run("history", "--run", "7")
        #expect(unknown.status == 64)
        #expect(unknown.stderr == "error: the cache remembers no run 7\n")
    }

    @Test func whatWasNoOrdinaryRunIsTold() throws {
        let score = #"  score: {uses: compare, image: $picture, baseline: "base-${seed}.png"}"#
        let more = "\(score)\nexpect: [$score.max_abs == 0]\noutputs:"
        try test.edit("face.yaml") { $0.replacing("outputs:", with: more) }
        #expect(try test.run("approve", "face.yaml", "-q").status == 0)
        #expect(try test.run("face.yaml", "-q").status == 0)
        #expect(try test.run("replay", "out/face/1.png", "-q").status == 0)
        let commands = try test.run("history").lines.dropFirst().compactMap { line in
            line.firstMatch(of: #/ (run|approve|replay) +face\.yaml/#).map { String($0.1) }
        }
        #expect(commands == ["replay", "run", "approve"])
    }

    /// What changed is said with the settings of the run that it is compared with.
    @Test func explainNamesTheSettingsOfTheRun() throws {
        try test.edit("face.yaml") { "params: {size: 32}\n" + $0.replacing("size: 16", with: "size: \"${size}\"") }
        #expect(try test.run("face.yaml", "-q").status == 0)
        #expect(try test.run("explain", "face.yaml", "picture").stdout == "picture (all 2 cells): cached\n")
        #expect(try test.run("face.yaml", "-q", "--set", "size=24").status == 0)
        let plain = try test.run("explain", "face.yaml", "picture")
        #expect(plain.lines.first == "the last run was made with --set size=24", "\(plain.stdout)")
        #expect(plain.stdout.contains("size: 24 -> "), "\(plain.stdout)")
        let file = try test.run("explain", "face.yaml", "out/face/2.png")
        #expect(
            file.stdout == """
                out/face/2.png was written with --set size=24
                picture[seed=2]: cached; the last run found another key
                  size: 32 -> 24

                """
        )
        let part = try test.run("explain", "face.yaml", "picture[seed=1]")
        #expect(part.lines.contains { $0.hasPrefix("picture[seed=1]: ") }, "\(part.stderr)")
        let missing = try test.run("explain", "face.yaml", "out/face/22.png")
        #expect(missing.status == 64)
        #expect(missing.stderr == "error: the recipe has no output `out/face/22.png`; did you mean `out/face/2.png`?\n")
        // A file that the recipe would not write by itself.
        #expect(try test.run("face.yaml", "-q", "--set", "seed=7").status == 0)
        let seventh = try test.run("explain", "face.yaml", "out/face/7.png").lines
        #expect(seventh.first == "out/face/7.png was written with --set seed=7")
        #expect(seventh.count == 2 && seventh.last?.hasPrefix("picture[seed=7]: cached") == true, "\(seventh)")
        let other = try test.run("explain", "face.yaml", "out/face/7.png", "--set", "seed=[2, 7]").lines
        #expect(
            other.prefix(2) == [
                "out/face/7.png was written with --set seed=7", "the last run was made with --set seed=7",
            ]
        )
    }

    /// Equal pictures have an infinite PSNR, which no mean has room for: it is counted.
    @Test func infiniteMeasuresAreCounted() throws {
        let score = "  score: {uses: compare, image: $picture, baseline: \"$picture[seed=1]\"}"
        try test.edit("face.yaml") { $0.replacing("outputs:", with: "\(score)\noutputs:") }
        try test.edit("face.yaml") { $0.replacing("$picture}", with: "$picture, s.csv: \"$score[*]\"}") }
        let both = try test.run("face.yaml")
        let psnr = try #require(both.lines.first { $0.hasPrefix("  psnr: ") }, "\(both.stdout)\(both.stderr)")
        #expect(psnr.wholeMatch(of: #/  psnr: ([0-9.]+) to \1, mean \1, and 1 infinite/#) != nil, "\(psnr)")
        let first = try test.run("face.yaml", "--set", "seed=1", "--out", "out/first")
        #expect(first.lines.contains("  psnr: infinite"), "\(first.stdout)")
    }
}
