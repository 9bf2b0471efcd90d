import Testing

/// Recipes whose nodes are wrong, each with all that is said about it.
struct BrokenNodesTests {
    @Test("misspelt keys at the top, in a node, and a kind that is not there")
    func unknownKeys() {
        #expect(
            complaint(
                about: #"""
                    recipe: typos
                    parms: {a: 1}
                    nodes:
                      one: {uses: constnt, value: 1}
                      two: {uses: constant, valeu: 2}
                    outputs:
                      one.txt: $one
                      two.txt: $two
                    """#
            )
                == #"""
                recipe.yaml:2:1: error: a recipe has no `parms`
                2 | parms: {a: 1}
                  | ^^^^^
                hint: did you mean `params`?

                recipe.yaml:4:15: error: there is no kind of node `constnt`
                4 |   one: {uses: constnt, value: 1}
                  |               ^^^^^^^
                hint: did you mean `constant`?

                recipe.yaml:5:25: error: `constant` has no `valeu`
                5 |   two: {uses: constant, valeu: 2}
                  |                         ^^^^^
                hint: did you mean `value`?
                """#
        )
    }

    @Test("references to nodes, params and axes that do not exist")
    func unknownReferences() {
        #expect(
            complaint(
                about: #"""
                    recipe: lost
                    params:
                      scale: 2
                    axes:
                      style: [ink, neon]
                    nodes:
                      words: {uses: caption, text: "${styl} portrait"}
                      one: {uses: constant, value: "${scales}"}
                      two: {uses: scale, input: $oen, factor: "${scale}"}
                      three: {uses: add, a: $scale, b: $one}
                    outputs:
                      "${stile}.txt": $words
                      two.txt: $two
                      three.txt: $three
                    """#
            )
                == #"""
                recipe.yaml:7:33: error: there is no param or axis `styl`
                7 |   words: {uses: caption, text: "${styl} portrait"}
                  |                                 ^^^^^^^
                hint: did you mean `style`?

                recipe.yaml:8:33: error: there is no param or axis `scales`
                8 |   one: {uses: constant, value: "${scales}"}
                  |                                 ^^^^^^^^^
                hint: did you mean `scale`?

                recipe.yaml:9:29: error: there is no node `oen`
                9 |   two: {uses: scale, input: $oen, factor: "${scale}"}
                  |                             ^^^^
                hint: did you mean `$one`?

                recipe.yaml:10:25: error: there is no node `scale`
                10 |   three: {uses: add, a: $scale, b: $one}
                   |                         ^^^^^^
                hint: write `${scale}` for the param

                recipe.yaml:12:4: error: there is no param or axis `stile`
                12 |   "${stile}.txt": $words
                   |    ^^^^^^^^
                hint: did you mean `style`?
                """#
        )
    }

    @Test("inputs of the wrong kind")
    func wrongInputs() {
        #expect(
            complaint(
                about: #"""
                    recipe: mixed
                    nodes:
                      prompt: {uses: caption, text: a face}
                      photo: {uses: load_image, file: faces/ada.png}
                      scores:
                        uses: compare
                        image: $prompt
                        baseline: photo
                      picture: {uses: paint, caption: $photo, model: 5}
                      sum: {uses: add, a: {b: 1}, b: prompt}
                    outputs:
                      scores.json: $scores
                      picture.png: $picture
                      sum.txt: $sum
                    """#
            )
                == #"""
                recipe.yaml:7:12: error: `image` of `compare` needs an image, but `prompt` makes text
                7 |     image: $prompt
                  |            ^^^^^^^
                recipe.yaml:3:3: note: `prompt` is declared here
                hint: did you mean `$photo`?

                recipe.yaml:8:15: error: `baseline` of `compare` needs an image, but `photo` is text
                8 |     baseline: photo
                  |               ^^^^^
                hint: did you mean `$photo`?

                recipe.yaml:9:35: error: `caption` of `paint` needs text, but `photo` makes an image
                9 |   picture: {uses: paint, caption: $photo, model: 5}
                  |                                   ^^^^^^
                recipe.yaml:4:3: note: `photo` is declared here
                hint: did you mean `$prompt`?

                recipe.yaml:9:50: error: `model` of `paint` needs a model, but 5 is an integer
                9 |   picture: {uses: paint, caption: $photo, model: 5}
                  |                                                  ^
                hint: `load_model` makes a model

                recipe.yaml:10:23: error: `a` of `add` takes a number from another node, but this is a mapping
                10 |   sum: {uses: add, a: {b: 1}, b: prompt}
                   |                       ^^^^^^
                hint: write one reference, such as `$node`

                recipe.yaml:10:34: error: `b` of `add` needs a number, but `prompt` is text
                10 |   sum: {uses: add, a: {b: 1}, b: prompt}
                   |                                  ^^^^^^
                hint: did you mean `$prompt`?
                """#
        )
    }

    @Test("parameters of the wrong form")
    func wrongParameters() {
        #expect(
            complaint(
                about: #"""
                    recipe: forms
                    nodes:
                      one: {uses: constant, value: "7"}
                      two: {uses: constant, value: 1_000}
                      three: {uses: scale, input: $one, factor: 2000, rounding: nerest}
                      words: {uses: caption, text: 1984}
                      picture:
                        uses: paint
                        caption: $words
                        seed: 1.5
                        width: 0
                      average: {uses: mean, of: [$one, $two], weights: 3}
                    outputs:
                      three.txt: $three
                      picture.png: $picture
                      average.txt: $average
                    """#
            )
                == #"""
                recipe.yaml:3:32: error: `value` of `constant` needs a number, but `7` is text
                3 |   one: {uses: constant, value: "7"}
                  |                                ^^^
                hint: leave the quotes out

                recipe.yaml:4:32: error: `value` of `constant` needs a number, but `1_000` is text
                4 |   two: {uses: constant, value: 1_000}
                  |                                ^^^^^
                hint: write 1000

                recipe.yaml:5:45: error: `factor` of `scale` must be between -1000 and 1000, not 2000
                5 |   three: {uses: scale, input: $one, factor: 2000, rounding: nerest}
                  |                                             ^^^^

                recipe.yaml:5:61: error: `rounding` of `scale` cannot be `nerest`
                5 |   three: {uses: scale, input: $one, factor: 2000, rounding: nerest}
                  |                                                             ^^^^^^
                hint: did you mean `nearest`?

                recipe.yaml:6:32: error: `text` of `caption` needs text, but 1984 is an integer
                6 |   words: {uses: caption, text: 1984}
                  |                                ^^^^
                hint: put it in quotes: "1984"

                recipe.yaml:10:11: error: `seed` of `paint` needs an integer, but 1.5 is a number
                10 |     seed: 1.5
                   |           ^^^

                recipe.yaml:11:12: error: `width` of `paint` must be between 1 and 4096, not 0
                11 |     width: 0
                   |            ^

                recipe.yaml:12:52: error: `weights` of `mean` needs a list, each item a number, but 3 is an integer
                12 |   average: {uses: mean, of: [$one, $two], weights: 3}
                   |                                                    ^
                hint: write it as a list: [3]
                """#
        )
    }

    @Test("required inputs and parameters left out")
    func missingArguments() {
        #expect(
            complaint(
                about: #"""
                    recipe: gaps
                    nodes:
                      empty: {uses: constant}
                      one: {uses: constant, value: 1}
                      sum: {uses: add, a: $one}
                      again: {uses: scale, input: }
                      nothing:
                      list: [1, 2]
                      kindless: {value: 3}
                      typed: {type: constant, value: 3}
                    outputs:
                      sum.txt: $sum
                      again.txt: $again
                      list.txt: $list
                    """#
            )
                == #"""
                recipe.yaml:3:3: error: `constant` needs `value`: the number
                3 |   empty: {uses: constant}
                  |   ^^^^^
                hint: add `value: ...`, a number

                recipe.yaml:5:3: error: `add` needs `b`: the other
                5 |   sum: {uses: add, a: $one}
                  |   ^^^
                hint: add `b: $empty`

                recipe.yaml:6:31: error: `input` of `scale` needs a number, but nothing is given
                6 |   again: {uses: scale, input: }
                  |                               ^
                hint: did you mean `$empty`?

                recipe.yaml:7:3: error: the node `nothing` must be a mapping, but nothing is given
                7 |   nothing:
                  |   ^^^^^^^
                hint: write `nothing: {uses: KIND}`; `pulid-run nodes` lists the kinds

                recipe.yaml:8:9: error: the node `list` must be a mapping, but this is a list
                8 |   list: [1, 2]
                  |         ^^^^^^
                hint: write `list: {uses: KIND}`; `pulid-run nodes` lists the kinds

                recipe.yaml:9:3: error: the node `kindless` does not say what it uses
                9 |   kindless: {value: 3}
                  |   ^^^^^^^^
                hint: add `uses: KIND`; `pulid-run nodes` lists the kinds

                recipe.yaml:10:3: error: the node `typed` does not say what it uses
                10 |   typed: {type: constant, value: 3}
                   |   ^^^^^
                hint: write `uses` for `type`
                """#
        )
    }

    @Test("files that are not there")
    func missingFiles() {
        #expect(
            complaint(
                about: #"""
                    recipe: files
                    params:
                      photo: faces/adda.png
                    nodes:
                      one: {uses: read_number, file: m.txt}
                      model:
                        uses: load_model
                        path: modles/tiny.bin
                        adapters: [{file: models/tiny.bin, scal: 0.5}, {scale: x}]
                      folder: {uses: load_image, file: faces}
                      scores: {uses: compare, image: "${photo}", baseline: faces}
                      picture: {uses: paint, model: $model, caption: $one}
                    outputs:
                      one.txt: $one
                      folder.png: $folder
                      scores.json: $scores
                      picture.png: $picture
                    """#
            )
                == #"""
                recipe.yaml:5:34: error: there is no file `m.txt`
                5 |   one: {uses: read_number, file: m.txt}
                  |                                  ^^^^^
                hint: did you mean `n.txt`?

                recipe.yaml:8:11: error: there is no file or folder `modles/tiny.bin`
                8 |     path: modles/tiny.bin
                  |           ^^^^^^^^^^^^^^^
                hint: did you mean `models/tiny.bin`?

                recipe.yaml:9:40: error: an item of `adapters` of `load_model` has no `scal`
                9 |     adapters: [{file: models/tiny.bin, scal: 0.5}, {scale: x}]
                  |                                        ^^^^
                hint: did you mean `scale`?

                recipe.yaml:9:52: error: an item of `adapters` of `load_model` needs `file`: weights of the adapter
                9 |     adapters: [{file: models/tiny.bin, scal: 0.5}, {scale: x}]
                  |                                                    ^^^^^^^^^^

                recipe.yaml:9:60: error: `scale` in `adapters` of `load_model` needs a number, but `x` is text
                9 |     adapters: [{file: models/tiny.bin, scal: 0.5}, {scale: x}]
                  |                                                            ^

                recipe.yaml:10:36: error: `file` of `load_image` needs a file, but `faces` is a folder
                10 |   folder: {uses: load_image, file: faces}
                   |                                    ^^^^^

                recipe.yaml:11:34: error: there is no file `faces/adda.png`
                11 |   scores: {uses: compare, image: "${photo}", baseline: faces}
                   |                                  ^^^^^^^^^^
                recipe.yaml:3:10: note: the value of `photo` is given here
                hint: did you mean `faces/ada.png`?

                recipe.yaml:11:56: error: `file` of `load_image` needs a file, but `faces` is a folder
                11 |   scores: {uses: compare, image: "${photo}", baseline: faces}
                   |                                                        ^^^^^

                recipe.yaml:12:50: error: `caption` of `paint` needs text, but `one` makes a number
                12 |   picture: {uses: paint, model: $model, caption: $one}
                   |                                                  ^^^^
                recipe.yaml:5:3: note: `one` is declared here
                hint: `caption` or `table` makes text
                """#
        )
    }

    @Test("what a node says about its own parameters, and values out of range")
    func nodeProblems() {
        #expect(
            complaint(
                about: #"""
                    recipe: own-words
                    axes:
                      width: [8, 10, 16]
                    nodes:
                      words: {uses: caption, text: a face}
                      picture:
                        uses: paint
                        caption: $words
                        width: ${width}
                        seed: 99999999999999999999
                      one: {uses: constant, value: 1e999}
                      average: {uses: mean, of: $one, weights: [-1]}
                    outputs:
                      "${width}.png": $picture
                      average.txt: $average
                    """#
            )
                == #"""
                recipe.yaml:10:11: error: `seed` of `paint` cannot be 99999999999999999999: it is out of range
                10 |     seed: 99999999999999999999
                   |           ^^^^^^^^^^^^^^^^^^^^

                recipe.yaml:11:32: error: `value` of `constant` is too large a number
                11 |   one: {uses: constant, value: 1e999}
                   |                                ^^^^^

                recipe.yaml:12:44: error: weights must not be negative
                12 |   average: {uses: mean, of: $one, weights: [-1]}
                   |                                            ^^^^
                hint: leave a number out instead
                """#
        )
    }

    @Test("nodes that need their own results")
    func cycles() {
        #expect(
            complaint(
                about: #"""
                    recipe: circles
                    nodes:
                      a: {uses: shift, input: $b}
                      b: {uses: shift, input: $c}
                      c: {uses: shift, input: $one, by: $a}
                      self: {uses: scale, input: $self}
                      one: {uses: constant, value: 1}
                      after: {uses: scale, input: $a, factor: two}
                    outputs:
                      after.txt: $after
                      self.txt: $self
                    """#
            )
                == #"""
                recipe.yaml:3:27: error: `a` needs its own result: a → b → c → a
                3 |   a: {uses: shift, input: $b}
                  |                           ^^
                recipe.yaml:4:27: note: `b` reads `c` here
                recipe.yaml:5:37: note: `c` reads `a` here
                hint: a recipe cannot go in circles; break one of these

                recipe.yaml:6:30: error: `self` needs its own result: self → self
                6 |   self: {uses: scale, input: $self}
                  |                              ^^^^^
                hint: a recipe cannot go in circles; break one of these

                recipe.yaml:8:43: error: `factor` of `scale` needs a number, but `two` is text
                8 |   after: {uses: scale, input: $a, factor: two}
                  |                                           ^^^
                """#
        )
    }

    @Test("dollars that insert nothing")
    func dollars() {
        #expect(
            complaint(
                about: #"""
                    recipe: dollars
                    params:
                      price: 5
                      list: [1, 2]
                    nodes:
                      a: {uses: caption, text: costs $5}
                      b: {uses: caption, text: "costs ${price"}
                      c: {uses: caption, text: "$price dollars"}
                      d: {uses: caption, text: $price}
                      e: {uses: caption, text: 'about $price dollars, or ${list}'}
                      f: {uses: caption, text: "all of ${list}"}
                      g: {uses: caption, text: "fine: $$5 and ${price}"}
                    outputs: {a.txt: $a, b.txt: $b, c.txt: $c, d.txt: $d, e.txt: $e, f.txt: $f, g.txt: $g}
                    """#
            )
                == #"""
                recipe.yaml:6:34: error: a `$` here inserts nothing
                6 |   a: {uses: caption, text: costs $5}
                  |                                  ^^
                hint: write `$$` for a dollar

                recipe.yaml:7:35: error: `${` needs the name of a param or axis, and a `}`
                7 |   b: {uses: caption, text: "costs ${price"}
                  |                                   ^^^^^^^
                hint: write `${name}`, or `$$` for a dollar

                recipe.yaml:8:29: error: `$price` refers to a node only when it stands alone
                8 |   c: {uses: caption, text: "$price dollars"}
                  |                             ^^^^^^
                hint: write `${price}` to insert the value of a param or axis, or `$$` for a dollar

                recipe.yaml:9:28: error: `text` of `caption` takes a value, not the result of a node
                9 |   d: {uses: caption, text: $price}
                  |                            ^^^^^^
                hint: write `${price}` to insert a value, or `$$` for a dollar

                recipe.yaml:10:35: error: a `$` here inserts nothing
                10 |   e: {uses: caption, text: 'about $price dollars, or ${list}'}
                   |                                   ^^^^^^
                hint: write `${price}` to insert the value of a param or axis, or `$$` for a dollar

                recipe.yaml:11:36: error: `${list}` is a list, which can only stand alone
                11 |   f: {uses: caption, text: "all of ${list}"}
                   |                                    ^^^^^^^
                recipe.yaml:4:9: note: its value is given here
                """#
        )
    }

    /// What was meant by an unknown name is not unused.
    @Test("an unknown name in place of the only axis")
    func unknownNameOfAnAxis() {
        #expect(
            complaint(
                about: #"""
                    axes: {photo: [a, b]}
                    nodes:
                      words: {uses: caption, text: "${foto}"}
                    outputs: {"${photo}.txt": $words}
                    """#
            )
                == #"""
                recipe.yaml:3:33: error: there is no param or axis `foto`
                3 |   words: {uses: caption, text: "${foto}"}
                  |                                 ^^^^^^^
                hint: did you mean `photo`?
                """#
        )
    }

    @Test("what is declared and not used")
    func unusedNames() {
        #expect(
            complaint(
                about: #"""
                    recipe: leftovers
                    params:
                      strength: 1
                    axes:
                      style: [ink, neon]
                      seed: [1, 2]
                    nodes:
                      words: {uses: caption, text: "${style}"}
                      spare: {uses: constant, value: 1}
                    outputs:
                      "${style}-${seed}.txt": $words
                    """#
            )
                == #"""
                recipe.yaml:3:3: warning: the param `strength` is not used
                3 |   strength: 1
                  |   ^^^^^^^^
                hint: mention it as `${strength}`, or remove it

                recipe.yaml:6:3: error: no node depends on the axis `seed`
                6 |   seed: [1, 2]
                  |   ^^^^
                hint: mention `${seed}` in a node, or remove the axis

                recipe.yaml:9:3: warning: the node `spare` does not run, for no output or expectation needs it
                9 |   spare: {uses: constant, value: 1}
                  |   ^^^^^
                hint: add it to `outputs`, or remove it
                """#
        )
    }
}
