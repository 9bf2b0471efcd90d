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
            #/run  when +took  ran  cached  failed  written  exit  recipe/#,
            #/  2  20..-..-..T..:..:..Z  [0-9.]+ s    1       1       0        2     0  face\.yaml seed=\[2, 3\]/#,
            #/  1  20..-..-..T..:..:..Z  [0-9.]+ s    2       0       0        2     0  face\.yaml/#,
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
}
