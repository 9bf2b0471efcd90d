import EngineTestSupport
import Graph
import Recipes
import Testing

/// What people write who come from other programs, or guess: each is told what to write instead.
struct MisunderstandingTests {
    /// The hints of a complaint, in order.
    private func hints(_ recipe: String, settings: [String] = [], files: [String: String] = [:]) -> [String] {
        complaint(about: recipe, settings: settings, files: files).split(separator: "\n").compactMap { line in
            line.hasPrefix("hint: ") ? String(line.dropFirst("hint: ".count)) : nil
        }
    }

    // MARK: - Expectations

    @Test(
        "expectations of other languages",
        arguments: [
            ("$score.pass == true", "true counts as 1: write `== 1`"),
            ("$score.pass == no", "false counts as 0: write `== 0`"),
            ("$score.similarity > 20dB", "leave the unit out: 20"),
            ("$score.similarity <= 1%", "write 0.01 or 1/100"),
            ("$score.similarity > 0,5", "write 0.5"),
            ("$score.similarity >= '0.5'", "leave the quotes out: 0.5"),
            ("$score.similarity > 0.2 warn", "a number is missing after `warn`"),
            ("$score.similarity > 0 and $score.pass == 1", "write each comparison on a line of its own"),
            ("$score.similarity > 0 or $score.pass == 1", "there is no `or`: all that is expected must hold"),
            ("$score.similarity > 0 < 1", "write each comparison on a line of its own"),
            (
                "$score.similarity >= $score.pass",
                "write a number or `${param}`; `compare` measures one picture against another"
            ),
            ("$score.similarity => 0.5", "write `>=`"),
            ("$score.similarity ≥ 0.5", "write `>=`"),
            ("$score.similarity = 0.5", "write `==`"),
            ("$score.pass", "write `$score.pass == 1`"),
            ("$score.similarity in [0, 1]", "write a line with `>=` and one with `<=`"),
            (
                "$score.similarity",
                "use one of >=, <=, !=, ==, > or <, as in `$score.id_similarity >= 0.5`"
            ),
            ("0.5 <= $score.similarity", "the field comes first: write `$score.similarity >= 0.5`"),
            ("0.5 < $score.similarity < 1", "write a line for each comparison, the field first"),
            ("score.similarity > 0.5", "write `$score.similarity > 0.5`"),
            ("${score}.similarity > 0.5", "write `$score.similarity > 0.5`"),
            ("not $score.pass", "write `$score.pass == 0`"),
            (
                "mean($score.similarity) > 0.5",
                "each expectation holds at every cell by itself, and nothing is computed of it: "
                    + "write it as `$score.id_similarity >= 0.5`"
            ),
        ]
    )
    func expectations(written: String, hint: String) {
        let recipe = """
            nodes:
              words: {uses: caption, text: a face}
              picture: {uses: paint, caption: $words, seed: 1, width: 8}
              score: {uses: compare, image: $picture}
            expect:
              - "\(written)"
            """
        // That there is no field `pass` is said before.
        #expect(hints(recipe).last == hint)
    }

    // MARK: - Axes

    @Test(
        "axes of other languages",
        arguments: [
            ("{start: 1, to: 3}", "write `from`"), ("{from: 1, stop: 3}", "write `to`, which is the last value"),
            ("{from: 1, to: 3, by: 2}", "write `step`"), ("{values: [1, 2]}", "write the values alone: `[a, b]`"),
            ("{range: [1, 3]}", "write `{from: 1, to: 3}`"), ("range(3)", "write `{from: 1, to: 3}`"),
            ("1..3", "write `{from: 1, to: 3}`"), ("{folder: faces}", "write `{files: \"faces/*\"}`"),
            ("{dir: faces/}", "write `{files: \"faces/*\"}`"), ("{glob: \"faces/*\"}", "write `{files: \"faces/*\"}`"),
            ("{text: n.txt}", "write `{lines: \"n.txt\"}`"), ("{table: n.csv}", "write `{csv: \"n.csv\"}`"),
            ("{files: faces/}", "it is a folder: write `faces/*`"),
            ("{files: \"face/*.png\"}", "did you mean `faces/*.png`?"),
            ("{files: \"faces/*.jpg\"}", "did you mean `faces/*.png`?"),
            (
                "{files: faces/[ab].png}",
                "inside `[ ]` and `{ }`, put a text that has brackets or braces itself in quotes"
            ),
            ("*.png", "put the value in quotes, such as `\"*.jpg\"`"),
        ]
    )
    func axes(written: String, hint: String) {
        let recipe = """
            axes:
              a: \(written)
            nodes: {n: {uses: caption, text: "${a}"}}
            outputs: {"${a.index}.txt": $n}
            """
        #expect(hints(recipe) == [hint])
    }

    @Test("photos that a camera names in capital letters are not left out without a word")
    func capitalLetters() throws {
        let recipe = """
            axes: {photo: {files: "p/*.jpg"}}
            nodes: {n: {uses: caption, text: "${photo.stem}"}}
            outputs: {"${photo.stem}.txt": $n}
            """
        let loaded = try load(recipe, files: ["p/a.jpg": "", "p/B.JPG": "", "p/c.JPG": "", "p/d.png": ""])
        #expect(loaded.outputPaths == ["a.txt"])
        #expect(
            DiagnosticRenderer(sources: loaded.sources).text(loaded.diagnostics) == #"""
                recipe.yaml:1:23: warning: `p/*.jpg` leaves out `p/B.JPG` and 1 other, for capital and small letters count
                1 | axes: {photo: {files: "p/*.jpg"}}
                  |                       ^^^^^^^^^
                hint: write `{files: ["p/*.jpg", "p/*.JPG"]}`

                """#
        )
        let both = recipe.replacing(#""p/*.jpg""#, with: #"["p/*.jpg", "p/*.JPG"]"#)
        let all = try load(both, files: ["p/a.jpg": "", "p/B.JPG": "", "p/c.JPG": ""])
        #expect(all.outputPaths == ["a.txt", "B.txt", "c.txt"] && all.diagnostics.isEmpty)
    }

    // MARK: - --set

    @Test(
        "settings that are none",
        arguments: [
            ("steps=3,4", "several values of an axis are written `[3, 4]`"),
            ("steps=1..4", "a range of an axis is written `{from: 1, to: 4}`"),
            (
                "width=16",
                "it is of the node `picture`: write `width: \"${width}\"` there and its value under `params`, as in "
                    + "`params: {width: ...}`; then `--set width=...` changes it"
            ),
            (
                "picture.width=16",
                "it is of the node `picture`: write `width: \"${width}\"` there and its value under `params`, as in "
                    + "`params: {width: ...}`; then `--set width=...` changes it"
            ),
            ("nothing=16", "it has steps and style"),
        ]
    )
    func settings(setting: String, hint: String) {
        let recipe = """
            axes: {steps: [1, 2], style: [ink, neon]}
            nodes:
              picture: {uses: paint, seed: "${steps}", width: 8, caption: $words}
              words: {uses: caption, text: "${style}"}
            outputs: {"${steps}-${style}.png": $picture}
            """
        #expect(hints(recipe, settings: [setting]) == [hint])
    }

    @Test("several values in one text")
    func severalValues() throws {
        let recipe = """
            axes: {style: [ink, neon]}
            nodes: {words: {uses: caption, text: "${style}"}}
            outputs: {"${style}.txt": $words}
            """
        let loaded = try load(recipe, settings: ["style=ink,gold"])
        #expect(loaded.diagnostics.map(\.hint) == ["several values are written `--set 'style=[ink, gold]'`"])
        // Of a list of files each is there, whatever it is like.
        let files = try load(
            recipe.replacing("[ink, neon]", with: "[p/1.png, p/2.png]"),
            settings: ["style={files: \"p/*.png\"}"],
            files: ["p/1.png": "", "p/3.png": "", "p/4.png": ""]
        )
        #expect(files.diagnostics.isEmpty)
    }

    // MARK: - References and outputs

    @Test(
        "outputs",
        arguments: [
            ("{$n: a.txt}", "write `a.txt: $n`"), ("{a.txt: \"${n}\"}", "did you mean `$n`?"),
            ("{a.txt: n}", "did you mean `$n`?"),
            ("[$n]", "write `outputs: {name.png: $node}`"), ("$n", "write `outputs: {name.png: $node}`"),
        ]
    )
    func outputs(written: String, hint: String) {
        #expect(hints("nodes: {n: {uses: constant, value: 1}}\noutputs: \(written)\n") == [hint])
    }

    @Test("an axis is named, not inserted")
    func axisNames() {
        func recipe(_ rows: String, axis: String = "seed") -> String {
            """
            axes: {\(axis): [1, 2]}
            nodes:
              n: {uses: constant, value: "${\(axis)}"}
              list: {uses: table, numbers: "$n[*]", rows: \(rows)}
            outputs: {list.txt: $list}
            """
        }
        for written in ["$seed", "\"${seed}\""] {
            let text = complaint(about: recipe(written))
            #expect(text.contains("error: `rows` of `table` takes the name of an axis, not its values\n"))
            #expect(hints(recipe(written)) == ["write `seed`"])
        }
        #expect(hints(recipe("S", axis: "s")) == ["did you mean `s`?"])
        #expect(hints(recipe("style")) == ["the axis is `seed`"])
    }
}
