import EngineTestSupport
import Graph
import Recipes
import Testing

/// Axes whose values stand in files: photos of a folder, lines of a text, columns of a table.
struct ListedAxesTests {
    private let photos = ["p/b.png": "", "p/a.png": "", "p/c.jpg": "", "p/.hidden.png": "", "p/sub/d.png": ""]

    private func recipe(_ axes: String, _ text: String, _ output: String) -> String {
        """
        axes: \(axes)
        nodes: {n: {uses: caption, text: "\(text)"}}
        outputs: {"\(output)": $n}
        """
    }

    // MARK: - Files

    @Test(
        "which files a pattern finds, in which order",
        arguments: [
            ("p/*.png", ["p/a.png", "p/b.png"]), ("./p/*.png", ["p/a.png", "p/b.png"]),
            ("p/*", ["p/a.png", "p/b.png", "p/c.jpg"]), ("p/[ac].*", ["p/a.png", "p/c.jpg"]),
            ("p/[!a-b].*", ["p/c.jpg"]), ("p/?.jpg", ["p/c.jpg"]), ("p/.*.png", ["p/.hidden.png"]),
            ("p/**/*.png", ["p/a.png", "p/b.png", "p/sub/d.png"]), ("**/d.png", ["p/sub/d.png"]),
            ("p/**", ["p/a.png", "p/b.png", "p/c.jpg", "p/sub/d.png"]), ("*/*/*.png", ["p/sub/d.png"]),
            ("p/a.png", ["p/a.png"]), ("/project/p/*.jpg", ["/project/p/c.jpg"]), ("p/*a*.p*g", ["p/a.png"]),
        ]
    )
    func files(pattern: String, found: [String]) throws {
        let loaded = try load(
            recipe("{photo: {files: \"\(pattern)\"}}", "${photo}", "${photo.index}.txt"),
            files: photos
        )
        #expect(loaded.values(of: "text", in: "n") == found.map { .string($0) })
        #expect(loaded.outputPaths == found.indices.map { "\($0 + 1).txt" })
    }

    @Test func severalPatternsFindEachFileOnce() throws {
        let loaded = try load(
            recipe(#"{photo: {files: ["p/*.jpg", "p/*"]}}"#, "${photo.stem} of ${photo.name}", "${photo.stem}.txt"),
            files: photos
        )
        #expect(loaded.values(of: "text", in: "n") == ["c of c.jpg", "a of a.png", "b of b.png"].map { .string($0) })
        #expect(loaded.outputPaths == ["c.txt", "a.txt", "b.txt"])
    }

    /// Paths start where they are written: in the recipe, or for `--set` in the folder one is in.
    @Test func filesAreReadFromWhereThePatternIsWritten() throws {
        let text = """
            axes: {photo: {files: "*.png"}}
            nodes: {n: {uses: load_image, file: "${photo}"}}
            outputs: {"${photo.stem}.png": $n}
            """
        let loader = RecipeLoader(
            registry: .toys,
            files: MemoryFiles(["r/recipe.yaml": text, "r/x.png": "", "y.png": ""])
        )
        let plain = try loader.load(file: "r/recipe.yaml", settings: [])
        #expect(plain.outputPaths == ["x.png"])
        let set = try loader.load(file: "r/recipe.yaml", settings: ["photo={files: '*.png'}"])
        #expect(set.outputPaths == ["y.png"])
        #expect(set.settings == [#"photo={"files": "*.png"}"#])
    }

    // MARK: - Lines and columns

    @Test func linesWithoutCommentsAndSpaces() throws {
        let lines = "\u{FEFF}# prompts\n\na cat, neon\r\n  $5 and ${x}  \n#no\n\tlast"
        let loaded = try load(
            recipe("{text: {lines: prompts.txt}}", "${text}", "${text.index}.txt"),
            files: ["prompts.txt": lines]
        )
        #expect(loaded.values(of: "text", in: "n") == ["a cat, neon", "$5 and ${x}", "last"].map { .string($0) })
    }

    @Test func columnsOfATableGoTogether() throws {
        let table = "name,size,title,unused\r\nada,1,\"a, \"\"b\"\"\",x\r\n\r\nben,2,\"two\nlines\",\r\n"
        let text = """
            axes:
              people: {csv: people.csv}
              style: [x, y]
            nodes: {n: {uses: caption, text: "${name} ${size} ${title} ${style}"}, m: {uses: constant, value: "${size}"}}
            outputs: {"${name}-${style}.txt": $n, "${size}.txt": $m}
            """
        let loaded = try load(text, files: ["people.csv": table])
        #expect(
            loaded.values(of: "text", in: "n")
                == ["ada 1 a, \"b\" x", "ada 1 a, \"b\" y", "ben 2 two\nlines x", "ben 2 two\nlines y"].map {
                    .string($0)
                }
        )
        #expect(loaded.values(of: "value", in: "m") == [.number(1), .number(2)])
        #expect(loaded.titles(of: "m") == ["m[size=1]", "m[size=2]"])

        let other = try load(
            text,
            settings: ["people={csv: 'b.csv'}"],
            files: ["people.csv": table, "b.csv": "name,size,title\nc,7,t"]
        )
        #expect(other.titles(of: "m") == ["m[size=7]"])
    }

    @Test func oneColumnIsAnAxisByItself() throws {
        let loaded = try load(
            recipe("{who: {csv: people.csv, column: name}, n: [1, 2]}", "${who}${n}", "${who}-${n}.txt"),
            files: ["people.csv": "name,size\nada,1\n007,2"]
        )
        #expect(loaded.outputPaths == ["ada-1.txt", "ada-2.txt", "007-1.txt", "007-2.txt"])
    }

    // MARK: - What is wrong

    @Test(
        "what is said, and where",
        arguments: [
            ("{files: \"p/*.gif\"}", "recipe.yaml:1:23: error: no file is called `p/*.gif`", "did you mean `p/*.png`?"),
            ("{files: \"q/*.png\"}", "recipe.yaml:1:23: error: no file is called `q/*.png`", "there is no folder `q`"),
            ("{files: p}", "recipe.yaml:1:23: error: no file is called `p`", "it is a folder: write `p/*`"),
            (
                "{files: 7}",
                "recipe.yaml:1:23: error: `files` of the axis `photo` needs a pattern, but 7 is an integer", ""
            ),
            ("{glob: \"p/*.png\"}", "recipe.yaml:1:16: error: an axis has no `glob`", #"write `{files: "p/*.png"}`"#),
            ("{file: a.txt}", "recipe.yaml:1:16: error: an axis has no `file`", #"write `{lines: "a.txt"}`"#),
            (
                "p/*.png", "recipe.yaml:1:15: error: the axis `photo` needs a list of values or a range",
                #"write `{files: "p/*.png"}`"#
            ),
            (
                "a.txt", "recipe.yaml:1:15: error: the axis `photo` needs a list of values or a range",
                "write `{lines: a.txt}`"
            ),
            (
                "1..7", "recipe.yaml:1:15: error: the axis `photo` needs a list of values or a range",
                "write `{from: 1, to: 7}`"
            ),
            ("{lines: a.tx}", "recipe.yaml:1:23: error: there is no file `a.tx`", "did you mean `a.txt`?"),
            ("{lines: p}", "recipe.yaml:1:23: error: `p` is a folder", ""),
            ("{lines: none.txt}", "recipe.yaml:1:23: error: `none.txt` has no line for the axis `photo`", ""),
            ("{lines: bad.txt}", "bad.txt:2:3: error: the character U+0001 is not allowed in a text", "delete it"),
            ("{lines: twice.txt}", "twice.txt:3:1: error: the axis `photo` has `x` twice", ""),
            ("{lines: a.txt, files: b}", "recipe.yaml:1:30: error: `files` does not go with `lines`", ""),
            (
                "{csv: ok.csv, column: nme}", "recipe.yaml:1:37: error: the table has no column `nme`",
                "did you mean `name`?"
            ),
            (
                "{csv: ragged.csv}", "ragged.csv:3:1: error: this row has 3 fields, the first line names 2 columns",
                "quotes"
            ),
            ("{csv: twice.csv}", "twice.csv:1:3: error: the column `a` is there twice", ""),
            (
                "{csv: semicolons.csv}", "semicolons.csv:1:1: error: `a;b` cannot name a column",
                "separate the columns by commas"
            ),
            ("{csv: open.csv}", "open.csv:2:1: error: this quote is never closed", ""),
            ("{csv: after.csv}", "after.csv:2:4: error: after a quoted field comes a comma", "a quote within quotes"),
            ("{csv: empty.csv}", "recipe.yaml:1:21: error: `empty.csv` has no rows", ""),
            ("{csv: clash.csv}", "clash.csv:1:1: error: the column `other` has the name of another param or axis", ""),
        ]
    )
    func complaints(axis: String, message: String, hint: String) {
        let text = complaint(
            about: recipe("{photo: \(axis), other: [1]}", "${photo}${other}", "${photo}-${other}.txt"),
            files: photos.merging([
                "a.txt": "x", "none.txt": "# a\n\n", "bad.txt": "x\nab\u{1}", "twice.txt": "x\n\nx",
                "ok.csv": "name\nx", "ragged.csv": "a,b\n1,2\n1,2,3", "twice.csv": "a,a\n1,2",
                "semicolons.csv": "a;b\n1;2",
                "open.csv": "a\n\"x", "after.csv": "a\n\"x\"y", "empty.csv": "a,b\n", "clash.csv": "other\nx",
            ]) { $1 }
        )
        #expect(text.contains(message), "\(text)")
        #expect(hint.isEmpty || text.contains(hint), "\(text)")
    }

    @Test func attributesThatAreNone() {
        let text = complaint(about: recipe("{photo: [a/b.png]}", "${photo.stm}", "${photo.index}.txt"))
        #expect(text.contains("recipe.yaml:2:35: error: a value has no `stm`"), "\(text)")
        #expect(text.contains("did you mean `stem`?"), "\(text)")
        let param = complaint(about: "params: {p: a/b.png}\nnodes: {n: {uses: caption, text: \"${p.index}\"}}")
        #expect(param.contains("only the value of an axis has an `index`; `p` is a param"), "\(param)")
        #expect(param.contains("hint: a param has `${p}`, `${p.name}` and `${p.stem}`"), "\(param)")
    }

    /// Of every axis its value, the value's number, and what a path has.
    @Test(
        "what can be inserted of an axis",
        arguments: [
            ("x: [a/b.png, 7.5]", ["a/b.png 1 b.png b", "7.5 2 7.5 7"]),
            ("x: {from: 3, to: 4}", ["3 1 3 3", "4 2 4 4"]),
            ("x: {files: \"p/*.png\"}", ["p/a.png 1 a.png a", "p/b.png 2 b.png b"]),
            ("x: {lines: two.txt}", ["a/b.png 1 b.png b", "plain 2 plain plain"]),
            ("x: {csv: t.csv, column: n}", ["1 1 1 1", "2 2 2 2"]),
            // Rows with the same value have the same number.
            ("t: {csv: t.csv}", ["c/x.jpg 1 x.jpg x", "c/x.jpg 1 x.jpg x"]),
        ]
    )
    func insertions(axis: String, texts: [String]) throws {
        let isTable = axis.hasPrefix("t:")
        let loaded = try load(
            recipe(
                "{\(axis)}",
                "${x} ${x.index} ${x.name} ${x.stem}\(isTable ? "|${n}" : "")",
                isTable ? "${n.index}.txt" : "${x.index}.txt"
            ),
            files: photos.merging(["two.txt": "a/b.png\nplain", "t.csv": "x,n\nc/x.jpg,1\nc/x.jpg,2"]) { $1 }
        )
        let values = loaded.values(of: "text", in: "n").compactMap { $0?.description.split(separator: "|")[0] }
        #expect(values.map(String.init) == texts)
        #expect(loaded.outputPaths == ["1.txt", "2.txt"])
    }

    @Test func aTableHasNoValue() {
        for inserted in ["${people}", "${people.index}", "${people.stem}"] {
            let text = complaint(
                about: recipe("{people: {csv: people.csv}}", "${name} \(inserted)", "${name}.txt"),
                files: ["people.csv": "name,size\nada,1"]
            )
            #expect(
                text.contains("recipe.yaml:2:43: error: `people` is a table, which has no value; its columns are axes"),
                "\(text)"
            )
            #expect(
                text.contains("hint: write `${name}` or `${size}`; `${name.index}` is the number of a value"),
                "\(text)"
            )
        }
    }

    @Test func aTableOfWhichNothingIsUsed() {
        let text = complaint(
            about: "axes: {t: {csv: t.csv}}\nnodes: {n: {uses: constant, value: 1}}\noutputs: {n.txt: $n}",
            files: ["t.csv": "a,b\n1,2"]
        )
        #expect(text.hasPrefix("recipe.yaml:1:8: error: no node depends on a column of the table `t`"), "\(text)")
    }

    @Test func oneFileTooManyIsNamed() {
        let lines = (0...100_000).map { "l\($0)" }.joined(separator: "\n")
        let text = complaint(about: recipe("{t: {lines: t.txt}}", "${t}", "${t}.txt"), files: ["t.txt": lines])
        #expect(text.contains("recipe.yaml:1:19: error: `t.txt` has more than 100000 values"), "\(text)")
    }
}
