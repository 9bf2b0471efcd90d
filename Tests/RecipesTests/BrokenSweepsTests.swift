import Recipes
import Testing

/// Recipes whose sweeps are wrong, each with all that is said about it.
struct BrokenSweepsTests {
    @Test(
        "a range to a number beyond all bounds",
        arguments: ["1e300", "1e999", "\(String(repeating: "9", count: 50))"]
    )
    func hugeBounds(bound: String) {
        let text = complaint(about: "axes: {n: {from: 0, to: \(bound)}}")
        #expect(text.contains("error: `to` of a range is too large a number\n"), "\(text)")
    }

    @Test("gathering where one result is taken, and one where a sweep is")
    func sweepsWhereOneIsTaken() {
        #expect(
            complaint(
                about: #"""
                    recipe: gathers
                    axes:
                      seed: {from: 1, to: 3}
                    nodes:
                      n: {uses: constant, value: "${seed}"}
                      fixed: {uses: constant, value: 1}
                      twice: {uses: scale, input: "$n[*]"}
                      list: {uses: table, numbers: $n, rows: sed}
                      pick: {uses: shift, input: "$fixed[seed=1]", by: "$n[seed=4]"}
                      odd: {uses: shift, input: "$n[seed=1", by: "$n[sed=1]"}
                    outputs:
                      twice.txt: $twice
                      list.txt: $list
                      pick.txt: $pick
                      odd.txt: $odd
                    """#
            )
                == #"""
                recipe.yaml:7:32: error: `input` of `scale` takes one number, but this gathers a sweep
                7 |   twice: {uses: scale, input: "$n[*]"}
                  |                                ^^^^^
                hint: write `$n` to run once for each seed

                recipe.yaml:8:32: error: `numbers` of `table` takes a sweep, but `n` is one number for each seed
                8 |   list: {uses: table, numbers: $n, rows: sed}
                  |                                ^^
                hint: write `$n[*]`

                recipe.yaml:8:42: error: there is no axis `sed`
                8 |   list: {uses: table, numbers: $n, rows: sed}
                  |                                          ^^^
                hint: did you mean `seed`?

                recipe.yaml:9:38: error: `fixed` is the same for every `seed`
                9 |   pick: {uses: shift, input: "$fixed[seed=1]", by: "$n[seed=4]"}
                  |                                      ^^^^
                hint: write `$fixed`

                recipe.yaml:9:61: error: the axis `seed` has no value `4`
                9 |   pick: {uses: shift, input: "$fixed[seed=1]", by: "$n[seed=4]"}
                  |                                                             ^
                hint: its values are 1, 2 and 3

                recipe.yaml:10:32: error: the selection of cells is not readable
                10 |   odd: {uses: shift, input: "$n[seed=1", by: "$n[sed=1]"}
                   |                                ^^^^^^^
                hint: write `[*]` to gather a sweep, or `[axis=value]` to pick from it

                recipe.yaml:10:50: error: there is no axis `sed`
                10 |   odd: {uses: shift, input: "$n[seed=1", by: "$n[sed=1]"}
                   |                                                  ^^^
                hint: did you mean `seed`?
                """#
        )
    }

    @Test("axes that make no sweep")
    func badAxes() {
        #expect(
            complaint(
                about: #"""
                    recipe: axes
                    params:
                      ink: blue
                    axes:
                      ink: [blue, red]
                      style: neon
                      seed: {from: 3, to: 1}
                      step: {from: 0, to: 1, step: 0}
                      long: {from: 1, to: 1000000000}
                      half: {form: 1, to: 2}
                      none: []
                      twice: [a, b, a]
                      deep: [[1], {a: 2}]
                      words: {from: a, to: b}
                    nodes:
                      n: {uses: caption, text: "${style} ${seed} ${step} ${long} ${half} ${none} ${twice} ${deep} ${words} ${ink}"}
                    outputs:
                      n.txt: $n
                    """#
            )
                == #"""
                recipe.yaml:5:3: error: `ink` is both a param and an axis
                5 |   ink: [blue, red]
                  |   ^^^
                recipe.yaml:3:3: note: it is first defined here
                hint: rename one, for `${ink}` could mean either

                recipe.yaml:6:10: error: the axis `style` needs a list of values or a range, but `neon` is text
                6 |   style: neon
                  |          ^^^^
                hint: write `[neon]`, `{from: 1, to: 3}`, or `{files: "photos/*.jpg"}`

                recipe.yaml:7:9: error: the range of `seed` is empty
                7 |   seed: {from: 3, to: 1}
                  |         ^^^^^^^^^^^^^^^^
                hint: to count down, give a negative `step`

                recipe.yaml:8:9: error: the range of `step` never ends: its step is 0
                8 |   step: {from: 0, to: 1, step: 0}
                  |         ^^^^^^^^^^^^^^^^^^^^^^^^^

                recipe.yaml:9:9: error: the range of `long` has more than 100000 values
                9 |   long: {from: 1, to: 1000000000}
                  |         ^^^^^^^^^^^^^^^^^^^^^^^^^

                recipe.yaml:10:10: error: an axis has no `form`
                10 |   half: {form: 1, to: 2}
                   |          ^^^^
                hint: did you mean `from`?

                recipe.yaml:11:9: error: the axis `none` has no values
                11 |   none: []
                   |         ^^

                recipe.yaml:12:17: error: the axis `twice` has `a` twice
                12 |   twice: [a, b, a]
                   |                 ^
                recipe.yaml:12:11: note: it is first written here

                recipe.yaml:13:10: error: a value of the axis `deep` must be text, a number, or true or false, but this is a list
                13 |   deep: [[1], {a: 2}]
                   |          ^^^

                recipe.yaml:13:15: error: a value of the axis `deep` must be text, a number, or true or false, but this is a mapping
                13 |   deep: [[1], {a: 2}]
                   |               ^^^^^^

                recipe.yaml:14:17: error: `from` of a range must be a number, but `a` is text
                14 |   words: {from: a, to: b}
                   |                 ^

                recipe.yaml:14:24: error: `to` of a range must be a number, but `b` is text
                14 |   words: {from: a, to: b}
                   |                        ^
                """#
        )
    }

    @Test("zip, exclude and include that do not fit the axes")
    func zipAndCells() {
        #expect(
            complaint(
                about: #"""
                    recipe: cells
                    axes:
                      style: [ink, neon]
                      seed: [1, 2, 3]
                      size: [8, 16]
                    zip: [[style, seed], [style, size], [sise, size], [seed]]
                    exclude:
                      - {style: neno}
                      - {stile: ink, seed: 1}
                      - ink
                      - {seed: 1, size: 8}
                      - {seed: 1, size: 8}
                    include:
                      - {style: [gold, [1]], size: 8}
                    nodes:
                      words: {uses: caption, text: "${style}"}
                      picture: {uses: paint, caption: $words, seed: "${seed}", width: "${size}"}
                    outputs:
                      "${style}-${seed}-${size}.png": $picture
                    """#
            )
                == #"""
                recipe.yaml:6:8: error: zipped axes need equally many values, but `style` has 2 and `seed` has 3
                6 | zip: [[style, seed], [style, size], [sise, size], [seed]]
                  |        ^^^^^
                hint: leave `zip` out for every combination

                recipe.yaml:6:38: error: there is no axis `sise`
                6 | zip: [[style, seed], [style, size], [sise, size], [seed]]
                  |                                      ^^^^
                hint: did you mean `size`?

                recipe.yaml:6:51: error: a group of `zip` needs two axes or more
                6 | zip: [[style, seed], [style, size], [sise, size], [seed]]
                  |                                                   ^^^^^^

                recipe.yaml:8:13: error: the axis `style` has no value `neno`
                8 |   - {style: neno}
                  |             ^^^^
                hint: did you mean `neon`?

                recipe.yaml:9:6: error: there is no axis `stile`
                9 |   - {stile: ink, seed: 1}
                  |      ^^^^^
                hint: did you mean `style`?

                recipe.yaml:10:5: error: `exclude` lists cells, but this is text
                10 |   - ink
                   |     ^^^
                hint: write a cell as `{style: neon, seed: 7}`

                recipe.yaml:12:5: warning: this excludes no cell
                12 |   - {seed: 1, size: 8}
                   |     ^^^^^^^^^^^^^^^^^^
                hint: no cell has these values together, or not any more

                recipe.yaml:14:13: error: `style` must be a value of the axis or a list of them
                14 |   - {style: [gold, [1]], size: 8}
                   |             ^^^^^^^^^^^
                """#
        )
    }

    @Test("a pick of a cell that the sweep excludes")
    func excludedPick() {
        #expect(
            complaint(
                about: #"""
                    recipe: picks
                    axes:
                      style: [ink, neon]
                      seed: [1, 2]
                    exclude: [{style: neon, seed: 2}]
                    nodes:
                      words: {uses: caption, text: "${style} ${seed}"}
                      picture: {uses: paint, caption: "$words[style=neon]", seed: "${seed}"}
                    outputs:
                      "${style}-${seed}.txt": $words
                      "${seed}.png": $picture
                    """#
            )
                == #"""
                recipe.yaml:8:36: error: `words` has no cell `style=neon seed=2`: the sweep excludes it
                8 |   picture: {uses: paint, caption: "$words[style=neon]", seed: "${seed}"}
                  |                                    ^^^^^^^^^^^^^^^^^^
                """#
        )
    }

    @Test("a sweep beyond all measure")
    func tooManyCells() {
        #expect(
            complaint(
                about: #"""
                    recipe: flood
                    axes:
                      a: {from: 1, to: 1000}
                      b: {from: 1, to: 1000}
                    nodes:
                      n: {uses: caption, text: "${a} ${b}"}
                    outputs:
                      "${a}-${b}.txt": $n
                    """#
            )
                == #"""
                recipe.yaml:6:3: error: the sweep has more than 100000 node runs; most are of `n`, with 1000 values of `a` and 1000 values of `b`
                6 |   n: {uses: caption, text: "${a} ${b}"}
                  |   ^
                hint: shorten an axis, or `zip` axes that belong together
                """#
        )
    }

    /// 3 x 4 cells of `n`, which `all` reads 2 times over, and a file once more.
    private static let gathering = #"""
        recipe: gathering
        axes:
          a: {from: 1, to: 3}
          b: {from: 1, to: 4}
          c: [1, 2]
        nodes:
          one: {uses: constant, value: "${a}"}
          n: {uses: scale, input: $one, factor: "${b}"}
          all: {uses: mean, of: "$n[*]", weights: ["${c}"]}
        outputs:
          "all-${c}.txt": $all
          n.csv: $n[*]
        """#

    @Test("as many nodes, and results that they read, as a sweep may have, and one more")
    func limits() {
        func complaint(instances: Int, inputs: Int) -> String {
            RecipesTests.complaint(
                about: Self.gathering,
                limits: SweepLimits(instances: instances, inputs: inputs)
            )
        }
        #expect(complaint(instances: 17, inputs: 50) == "no error; warnings: ")
        #expect(
            complaint(instances: 16, inputs: 50)
                == #"""
                recipe.yaml:8:3: error: the sweep has more than 16 node runs; most are of `n`, with 3 values of `a` and 4 values of `b`
                8 |   n: {uses: scale, input: $one, factor: "${b}"}
                  |   ^
                hint: shorten an axis, or `zip` axes that belong together
                """#
        )
        #expect(
            complaint(instances: 17, inputs: 49)
                == #"""
                recipe.yaml:9:26: error: the sweep has more than 49 results to hand on; most are of `n`, 24 to 2 cells
                9 |   all: {uses: mean, of: "$n[*]", weights: ["${c}"]}
                  |                          ^^^^^
                hint: gather fewer axes, or let what gathers depend on fewer
                """#
        )
    }

    @Test("a sweep gathered at every cell of another")
    func tooManyInputs() {
        #expect(
            complaint(
                about: #"""
                    recipe: flood
                    axes:
                      a: {from: 1, to: 40000}
                      b: {from: 1, to: 40000}
                    nodes:
                      n: {uses: constant, value: "${a}"}
                      all: {uses: mean, of: "$n[*]", weights: ["${b}"]}
                    outputs:
                      "${b}.txt": $all
                    """#
            )
                == #"""
                recipe.yaml:7:26: error: the sweep has more than 1000000 results to hand on; most are of `n`, 1600000000 to 40000 cells
                7 |   all: {uses: mean, of: "$n[*]", weights: ["${b}"]}
                  |                          ^^^^^
                hint: gather fewer axes, or let what gathers depend on fewer
                """#
        )
    }

    @Test("--set that does not fit")
    func settings() {
        #expect(
            complaint(
                about: #"""
                    recipe: set
                    params:
                      photo: faces/ada.png
                      scale: 0.8
                      fast: true
                      sizes: [8, 16]
                    axes:
                      style: [ink, neon]
                      seed: [1, 2]
                    zip: [style, seed]
                    nodes:
                      words: {uses: caption, text: "${style} ${fast} "}
                      n: {uses: scale, input: $one, factor: "${scale}"}
                      one: {uses: constant, value: "${seed}"}
                      weighted: {uses: mean, of: $one, weights: "${sizes}"}
                      score: {uses: compare, image: "${photo}"}
                    outputs:
                      "${style}-${seed}.txt": $words
                      "n-${seed}.txt": $n
                      "w-${seed}.txt": $weighted
                      score.json: $score
                    """#,
                settings: [
                    "scal=1", "scale=strong", "fast=yes", "sizes=8", "style=[ink", "photo=faces/eve.png", "seed", "=1",
                ]
            )
                == #"""
                --set =1: error: expected NAME=VALUE
                hint: such as `--set id_scale=0.6`

                --set fast=yes: error: `fast` must be true or false, but `yes` is text
                recipe.yaml:5:9: note: the default `true` gives the type

                --set scal=1: error: the recipe has no param or axis `scal`
                hint: did you mean `scale`?

                --set scale=strong: error: `scale` must be a number, but `strong` is text
                recipe.yaml:4:10: note: the default `0.8` gives the type

                --set seed: error: expected NAME=VALUE
                hint: such as `--set id_scale=0.6`

                --set sizes=8: error: `sizes` must be a list, but 8 is an integer
                recipe.yaml:6:10: note: the default `[8, 16]` gives the type

                --set style=[ink: error: expected `,` or `]` here
                --set style=[ink: note: the bracket is opened here

                recipe.yaml:16:33: error: there is no file `faces/eve.png`
                16 |   score: {uses: compare, image: "${photo}"}
                   |                                 ^^^^^^^^^^
                --set photo=faces/eve.png: note: the value of `photo` is given here
                hint: the path starts from the folder you are in
                """#
        )
    }

    @Test("--set that leaves zipped axes uneven")
    func settingsOfZippedAxes() {
        #expect(
            complaint(
                about: #"""
                    recipe: set
                    axes:
                      style: [ink, neon]
                      seed: [1, 2]
                    zip: [style, seed]
                    nodes:
                      words: {uses: caption, text: "${style} ${seed}"}
                    outputs:
                      "${style}-${seed}.txt": $words
                    """#,
                settings: ["style=gold"]
            )
                == #"""
                recipe.yaml:5:7: error: zipped axes need equally many values, but `style` has 1 and `seed` has 2
                5 | zip: [style, seed]
                  |       ^^^^^
                hint: pick rows by values that `style` has, ink or neon, or give `--set` for each of them
                """#
        )
    }
}
