import Testing

/// Recipes whose outputs and expectations are wrong, each with all that is said about it.
struct BrokenResultsTests {
    @Test("an extension may be written in any case")
    func extensionsInAnyCase() throws {
        let recipe = """
            nodes: {one: {uses: constant, value: 1}}
            outputs: {ONE.TXT: $one, two.Txt: $one, table.CSV: "$one"}
            """
        #expect(try load(recipe).outputPaths == ["ONE.TXT", "two.Txt", "table.CSV"])
        #expect(complaint(about: recipe + "\n").contains("no error"))
        #expect(
            complaint(about: recipe.replacing("two.Txt", with: "one.txt")).contains(
                "`one.txt` and `ONE.TXT` differ only in case"
            )
        )
    }

    @Test("output names that are no good")
    func outputNames() {
        #expect(
            complaint(
                about: #"""
                    recipe: names
                    axes:
                      style: [ink, Ink]
                      seed: [1, 2]
                    nodes:
                      words: {uses: caption, text: "${style}"}
                      n: {uses: constant, value: "${seed}"}
                      one: {uses: constant, value: 1}
                    outputs:
                      ../one.txt: $one
                      /tmp/one.txt: $one
                      one.png: $one
                      one: $one
                      all.txt: $n
                      all.csv: $n
                      "${style}.txt": $words
                      ONE.DOC: $one
                      one.txt: $one
                      folder/.//one.txt: $one
                      one.txt/one.txt: $one
                      "words.csv": $words[*]
                      table.png: $n[*]
                      "seed-${seed}.txt": one
                      field.txt: $one.value
                    """#
            )
                == #"""
                recipe.yaml:10:3: error: `../one.txt` points outside the output folder
                10 |   ../one.txt: $one
                   |   ^^^^^^^^^^
                hint: outputs go below `--out`

                recipe.yaml:11:3: error: `/tmp/one.txt` is an absolute path
                11 |   /tmp/one.txt: $one
                   |   ^^^^^^^^^^^^
                hint: outputs go below `--out`; write a relative path

                recipe.yaml:12:3: error: a number cannot be written as `one.png`
                12 |   one.png: $one
                   |   ^^^^^^^
                hint: use .txt, .csv or .json

                recipe.yaml:13:3: error: a number cannot be written as `one`
                13 |   one: $one
                   |   ^^^
                hint: use .txt, .csv or .json

                recipe.yaml:14:3: error: `all.txt` is one file, but `n` has a result for each seed
                14 |   all.txt: $n
                   |   ^^^^^^^
                hint: put `${seed}` into the name

                recipe.yaml:15:3: error: `all.csv` is one file, but `n` has a result for each seed
                15 |   all.csv: $n
                   |   ^^^^^^^
                hint: write `$n[*]`, or put `${seed}` into the name

                recipe.yaml:16:3: error: `Ink.txt` and `ink.txt` differ only in case, which some disks ignore
                16 |   "${style}.txt": $words
                   |   ^^^^^^^^^^^^^^
                hint: put `${style.index}` into the name

                recipe.yaml:17:3: error: a number cannot be written as `ONE.DOC`
                17 |   ONE.DOC: $one
                   |   ^^^^^^^
                hint: use .txt, .csv or .json

                recipe.yaml:19:3: error: `folder/.//one.txt` is a roundabout way to name a file
                19 |   folder/.//one.txt: $one
                   |   ^^^^^^^^^^^^^^^^^
                hint: write `folder/one.txt`

                recipe.yaml:20:3: error: `one.txt/one.txt` needs a folder `one.txt`, but that is a file
                20 |   one.txt/one.txt: $one
                   |   ^^^^^^^^^^^^^^^
                recipe.yaml:18:3: note: `one.txt` is written here

                recipe.yaml:21:16: error: text has no fields to make a table of
                21 |   "words.csv": $words[*]
                   |                ^^^^^^^^^
                hint: write a file for each: "${style}.txt": $words

                recipe.yaml:22:3: error: a table cannot be written as `table.png`
                22 |   table.png: $n[*]
                   |   ^^^^^^^^^
                hint: name it .csv or .json

                recipe.yaml:23:23: error: an output is the result of a node, but `one` is text
                23 |   "seed-${seed}.txt": one
                   |                       ^^^
                hint: did you mean `$one`?

                recipe.yaml:24:19: error: an output takes the whole result of a node, not a field of it
                24 |   field.txt: $one.value
                   |                   ^^^^^
                hint: write `$one[*]` into a .csv for a table of all fields
                """#
        )
    }

    @Test("one path for two outputs, the first of which is one file for several cells: both mistakes are said")
    func twinsOfOneFileForSeveralCells() {
        func recipe(_ outputs: String) -> String {
            """
            axes: {s: [1, 2]}
            nodes: {a: {uses: constant, value: "${s}"}, b: {uses: constant, value: 1}}
            outputs: {\(outputs)}
            """
        }
        #expect(
            complaint(about: recipe("x.txt: $a, X.txt: $b"))
                == """
                recipe.yaml:3:11: error: `x.txt` is one file, but `a` has a result for each s
                3 | outputs: {x.txt: $a, X.txt: $b}
                  |           ^^^^^
                hint: put `${s}` into the name

                recipe.yaml:3:22: error: `X.txt` and `x.txt` differ only in case, which some disks ignore
                3 | outputs: {x.txt: $a, X.txt: $b}
                  |                      ^^^^^
                recipe.yaml:3:11: note: it is first written here
                """
        )
        #expect(
            complaint(about: recipe("X.txt: $b, x.txt: $a"))
                == """
                recipe.yaml:3:22: error: `x.txt` and `X.txt` differ only in case, which some disks ignore
                3 | outputs: {X.txt: $b, x.txt: $a}
                  |                      ^^^^^
                recipe.yaml:3:11: note: it is first written here

                recipe.yaml:3:22: error: `x.txt` is one file, but `a` has a result for each s
                3 | outputs: {X.txt: $b, x.txt: $a}
                  |                      ^^^^^
                hint: put `${s}` into the name
                """
        )
        let doubled = "params: {p: x}\n" + recipe("x.txt: $a, \"${p}.txt\": $b")
        #expect(complaint(about: doubled).contains("`x.txt` is one file, but `a` has a result for each s"))
        #expect(complaint(about: doubled).contains("recipe.yaml:4:22: error: `x.txt` is written twice"))
    }

    @Test("outputs in any order: one that is wrong by itself is said to be so, and none stops the others")
    func outputsInAnyOrder() {
        // The key, what goes into it, and what is wrong with it wherever it stands.
        let lines: [(key: String, node: String, complaint: String?)] = [
            ("x.txt", "$a", "`x.txt` is one file, but `a` has a result for each s"),
            ("X.txt", "$b", nil),
            ("${p}.TXT", "$b", nil),
            ("s-${s}.txt", "$a", nil),
            ("x.txt/y.csv", "$a[*]", nil),
            ("z.pgn", "$b", "a number cannot be written as `z.pgn`"),
            ("../w.txt", "$a", "`../w.txt` points outside the output folder"),
        ]
        /// Every way to take four of them one after the other.
        func orders(_ begun: [Int]) -> [[Int]] {
            if begun.count == 4 { return [begun] }
            return lines.indices.filter { !begun.contains($0) }.flatMap { orders(begun + [$0]) }
        }
        for order in orders([]) {
            let written = order.map { "  \"\(lines[$0].key)\": \(lines[$0].node)" }.joined(separator: "\n")
            let said = complaint(
                about: """
                    params: {p: x}
                    axes: {s: [1, 2]}
                    nodes: {a: {uses: constant, value: "${s}"}, b: {uses: constant, value: 1}}
                    outputs:
                    \(written)
                    """
            )
            for line in order { #expect(lines[line].complaint.map(said.contains) ?? true, "\(written)") }
            let twins = order.filter { lines[$0].key.lowercased().replacing("${p}", with: "x") == "x.txt" }.count
            let clashes = said.matches(of: /differ only in case|is written twice/).count
            #expect(clashes == max(0, twins - 1), "\(written)")
        }
    }

    @Test("expectations that cannot be read")
    func expectations() {
        #expect(
            complaint(
                about: #"""
                    recipe: hopes
                    axes:
                      seed: [1, 2]
                    nodes:
                      words: {uses: caption, text: a face}
                      picture: {uses: paint, caption: $words, seed: "${seed}"}
                      score: {uses: compare, image: $picture}
                    expect:
                      - $score.max_abs <= 0.5
                      - $score.mean_ab <= 0.5
                      - $score >= 1
                      - $picture.width > 8
                      - $score.max_abs = 1
                      - $score.max_abs < much
                      - $score.max_abs
                      - $score.max_abs >=
                      - $score[*].max_abs < 1
                      - $scor.max_abs < 1
                      - score.max_abs < 1
                      - $score.max_abs < ${limit}
                    """#
            )
                == #"""
                recipe.yaml:10:12: error: `score` has no field `mean_ab`
                10 |   - $score.mean_ab <= 0.5
                   |            ^^^^^^^
                hint: did you mean `mean_abs`?

                recipe.yaml:11:5: error: say which field of `score` to compare
                11 |   - $score >= 1
                   |     ^^^^^^
                hint: its fields are max_abs, mean_abs and similarity

                recipe.yaml:12:5: error: `picture` makes an image, which has no fields to compare
                12 |   - $picture.width > 8
                   |     ^^^^^^^^^^^^^^
                recipe.yaml:6:3: note: `picture` is declared here

                recipe.yaml:13:20: error: `=` is no comparison
                13 |   - $score.max_abs = 1
                   |                    ^
                hint: write `==`

                recipe.yaml:14:22: error: an expectation needs a number, but `much` is text
                14 |   - $score.max_abs < much
                   |                      ^^^^

                recipe.yaml:15:19: error: a comparison is missing
                15 |   - $score.max_abs
                   |                   ^
                hint: use one of >=, <=, !=, ==, > or <, as in `$score.id_similarity >= 0.5`

                recipe.yaml:16:20: error: a number is missing after `>=`
                16 |   - $score.max_abs >=
                   |                    ^^

                recipe.yaml:17:5: error: an expectation holds at every cell by itself
                17 |   - $score[*].max_abs < 1
                   |     ^^^^^^^^^^^^^^^^^
                hint: leave `[*]` out: `$score.max_abs`

                recipe.yaml:18:5: error: there is no node `scor`
                18 |   - $scor.max_abs < 1
                   |     ^^^^^
                hint: did you mean `$score`?

                recipe.yaml:19:5: error: an expectation begins with the field of a node
                19 |   - score.max_abs < 1
                   |     ^^^^^^^^^^^^^^^^^
                hint: write `$score.max_abs < 1`

                recipe.yaml:20:22: error: there is no param or axis `limit`
                20 |   - $score.max_abs < ${limit}
                   |                      ^^^^^^^^
                """#
        )
    }
}
