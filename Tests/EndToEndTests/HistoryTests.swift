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
        #expect(
            try explain("picture") == [
                "the last run: run 1, without --set", "picture (all 2 cells): as in the last run",
            ]
        )
        #expect(try test.run("face.yaml", "-q", "--set", "size=24").status == 0)
        let runs = ["the last run: run 2, with --set size=24", "before that: run 1, without --set"]
        let changed = ["picture (all 2 cells): changed in the last run", "  size: 32 -> 24"]
        // Asked with the settings of that run, and without.
        #expect(try explain("picture", "--set", "size=24") == runs + changed)
        #expect(try explain("picture") == runs + changed)
        #expect(try explain() == runs + changed)
        #expect(
            try explain("out/face/2.png") == runs + ["picture[seed=2]: changed in the last run", "  size: 32 -> 24"]
        )
        // A run that is asked for and was not the last.
        #expect(
            try explain("--set", "size=32") == ["a run without --set, compared with"] + runs
                + [
                    "picture (all 2 cells): changed since the last run; its result is in the cache already",
                    "  size: 24 -> 32",
                ]
        )
        #expect(try explain("picture[seed=1]").last == "  size: 32 -> 24")
        let missing = try test.run("explain", "face.yaml", "out/face/22.png")
        #expect(missing.status == 64)
        #expect(missing.stderr == "error: the recipe has no output `out/face/22.png`; did you mean `out/face/2.png`?\n")
        // A file that the recipe would not write by itself, and one of the run before.
        #expect(try test.run("face.yaml", "-q", "--set", "seed=7").status == 0)
        #expect(
            try explain("out/face/7.png") == [
                "the last run: run 3, with --set seed=7", "before that: run 2, with --set size=24",
                "picture[seed=7]: new in the last run",
            ]
        )
        #expect(
            try explain("out/face/2.png").prefix(2) == [
                "out/face/2.png was written with --set size=24", "a run with --set size=24, compared with",
            ]
        )
    }

    /// What makes a picture again is no run of its recipe, and leaves what the last one found.
    @Test func aReplayIsNoRunOfTheRecipe() throws {
        try test.edit("face.yaml") { "params: {size: 32}\n" + $0.replacing("size: 16", with: "size: \"${size}\"") }
        for size in ["32", "24"] {
            let run = try test.run("face.yaml", "-q", "--set", "size=\(size)", "--out", "out/\(size)")
            #expect(run.status == 0, "\(run.stderr)")
        }
        let told = try explain()
        #expect(told.suffix(2) == ["picture (all 2 cells): changed in the last run", "  size: 32 -> 24"], "\(told)")
        #expect(try test.run("replay", "out/32/1.png").status == 0)
        #expect(try explain() == told)
        #expect(try test.run("history").lines.filter { $0.contains("replay") }.count == 1)
    }

    /// A model's setting that changed is named where it is used, in the plan and in what is explained.
    @Test func aModelsSettingIsNamed() throws {
        try test.folder.write(
            """
            params: {vae: null}
            nodes:
              sdxl:   {uses: load_sdxl, base: models/tiny/sdxl, vae: "${vae}"}
              latent: {uses: encode_image, model: $sdxl, image: recipes/faces/ada.png}
            outputs: {latent.safetensors: $latent}

            """,
            to: "model.yaml"
        )
        var vae = try test.folder.bytes(of: "models/tiny/sdxl/vae/diffusion_pytorch_model.safetensors")
        vae[vae.count - 7] ^= 1
        let other = try test.folder.write(vae, to: "other.safetensors")
        #expect(try test.run("model.yaml", "-q").status == 0)
        let plan = try test.run("plan", "model.yaml", "--set", "vae=other.safetensors")
        #expect(plan.stdout.contains("sdxl.vae: null -> \(other)\n"), "\(plan.stdout)")
        let told = try test.run("explain", "model.yaml", "latent", "--set", "vae=other.safetensors").lines.suffix(2)
        #expect(told == ["latent: will run: it changed since the last run", "  sdxl.vae: null -> \(other)"], "\(told)")
        let run = try test.run("model.yaml", "-v", "--set", "vae=other.safetensors")
        #expect(run.stderr.contains("latent: runs (sdxl.vae: null -> \(other))"), "\(run.stderr)")
        let after = try test.run("explain", "model.yaml", "latent").lines.suffix(2)
        #expect(after == ["latent: changed in the last run", "  sdxl.vae: null -> \(other)"], "\(after)")
    }

    /// The lines without the times of runs.
    private func explain(_ arguments: String...) throws -> [String] {
        let result = try test.finish(test.start(["explain", "face.yaml"] + arguments))
        #expect(result.status == 0, "\(result.stderr)")
        return result.lines.map { $0.replacing(#/ of [0-9T:-]+Z,/#, with: ",") }
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
