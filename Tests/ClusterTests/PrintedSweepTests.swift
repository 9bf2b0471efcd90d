import Cluster
import EngineTestSupport
import Foundation
import Testing

/// What schedulers are told, word for word; shells, a program that is none, find every word as it was meant.
@Suite struct PrintedSweepTests {
    private func job(
        shards: Int = 2,
        hasShared: Bool = false,
        arguments: [String] = ["--set", "text=it's a $test"],
        cache: String? = "$TMP/a cache"
    ) -> SweepJob {
        SweepJob(
            name: "style sweep",
            program: "pulid-run",
            recipe: "a recipe.yaml",
            arguments: arguments,
            cache: cache,
            division: nil,
            lastArguments: ["--out", "out"],
            shards: shards,
            hasShared: hasShared
        )
    }

    @Test func aLineForEachShard() {
        let command = "pulid-run run 'a recipe.yaml' --shard"
        let rest = #"--set 'text=it'\''s a $test' --cache "$TMP/a cache""#
        #expect(
            PrintedSweep.parallel.text(of: job(hasShared: true), image: "") == """
                \(command) 0/2 \(rest)
                \(command) 1/2 \(rest)
                \(command) 2/2 \(rest)

                """
        )
    }

    /// A shell that prints its words finds them as they are.
    @Test(arguments: ["", "plain", "two words", "it's", "a\"b`c$(d)\\e", "ä*?[x]", "-n", "a\nb", "#", "~"])
    func wordsSurviveAShell(word: String) throws {
        let folder = try TemporaryFolder()
        let line = PrintedSweep.parallel.text(of: job(shards: 1, arguments: [word], cache: nil), image: "")
        try folder.write("pulid-run() { printf '%s' \"$5\" > \"$0.out\"; }\n" + line, to: "line.sh")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/bash")
        shell.arguments = [folder("line.sh")]
        try shell.run()
        shell.waitUntilExit()
        #expect(try folder.text(of: "line.sh.out") == word)
    }

    @Test func numbersForHyperQueue() {
        #expect(PrintedSweep.hyperqueue.text(of: job(shards: 4), image: "") == "[1, 2, 3, 4]\n")
    }

    @Test func aJobForKubernetes() {
        let text = PrintedSweep.kubernetes.text(of: job(arguments: [], cache: nil), image: "registry/it's:1")
        for line in [
            "  name: pulid-style-sweep-shards\n", "  completionMode: Indexed\n  completions: 2\n  parallelism: 2\n",
            "          image: 'registry/it''s:1'\n",
            "          args: ['exec pulid-run run ''a recipe.yaml'' --shard $((JOB_COMPLETION_INDEX + 1))/2']\n",
        ] { #expect(text.contains(line), "\(text)") }
    }

    @Test func aMatrixForGitHub() {
        let text = PrintedSweep.github.text(of: job(shards: 3, hasShared: true, arguments: [], cache: nil), image: "")
        #expect(
            text == """
                name: 'style sweep'
                on: [push]
                jobs:
                  shared:
                    runs-on: ubuntu-latest
                    steps:
                      - uses: actions/checkout@v4
                      - run: 'pulid-run run ''a recipe.yaml'' --shard 0/3'
                  shard:
                    needs: shared
                    runs-on: ubuntu-latest
                    strategy:
                      fail-fast: false
                      matrix:
                        shard: [1, 2, 3]
                    steps:
                      - uses: actions/checkout@v4
                      - run: 'pulid-run run ''a recipe.yaml'' --shard ${{ matrix.shard }}/3'
                  render:
                    needs: shard
                    if: ${{ !cancelled() }}
                    runs-on: ubuntu-latest
                    steps:
                      - uses: actions/checkout@v4
                      - run: 'pulid-run run ''a recipe.yaml'' --out out --format github'
                      - uses: actions/upload-artifact@v4
                        if: ${{ !cancelled() }}
                        with:
                          name: 'style sweep'
                          path: out

                """
        )
    }

    /// What the runs on the nodes write is read as it grows, each line once.
    @Test func aLogIsReadAsItGrows() throws {
        let folder = try TemporaryFolder()
        var log = SweepLog()
        let files = ["1": folder("1.json")]
        #expect(log.read(files) == [])
        let failed =
            #"{"event": "failed", "node": "latent", "cell": {"seed": 3, "style": "neon"}, "reason": "no face"}"#
        try folder.write(#"{"event": "finished", "node": "a"}"# + "\n" + String(failed.prefix(40)), to: "1.json")
        #expect(log.read(files) == [])
        #expect(log.finished == 1)
        try folder.write(
            #"{"event": "finished", "node": "a"}"# + "\n" + failed + "\nnonsense\n"
                + #"{"event": "summary", "peak_memory": 5000}"# + "\n",
            to: "1.json"
        )
        let failures = log.read(files)
        #expect(failures.map(\.title) == ["latent[seed=3 style=neon]"])
        #expect(failures.map(\.reason) == ["no face"])
        #expect(failures.map(\.log) == [folder("1.log")])
        #expect(log.peakMemory == 5000)
        #expect(log.finished == 1)
        #expect(log.read(files) == [])
    }
}
