import Testing

/// Recipes that are not the YAML they should be, each with all that is said about it.
struct BrokenSyntaxTests {
    @Test("the same key twice, at two depths")
    func duplicateKeys() {
        #expect(
            complaint(
                about: #"""
                    recipe: twice
                    nodes:
                      one: {uses: constant, value: 1, value: 2}
                      one: {uses: constant, value: 3}
                    outputs:
                      one.txt: $one
                    """#
            )
                == #"""
                recipe.yaml:3:35: error: the key `value` is written twice
                3 |   one: {uses: constant, value: 1, value: 2}
                  |                                   ^^^^^
                recipe.yaml:3:25: note: it is first written here

                recipe.yaml:4:3: error: the key `one` is written twice
                4 |   one: {uses: constant, value: 3}
                  |   ^^^
                recipe.yaml:3:3: note: it is first written here
                """#
        )
    }

    @Test("brackets that end a reference early")
    func syntaxQuotes() {
        #expect(
            complaint(
                about: #"""
                    recipe: brackets
                    nodes:
                      n: {uses: constant, value: 1}
                      list: {uses: table, numbers: $n[*]}
                    outputs:
                      list.txt: $list
                    """#
            )
                == #"""
                recipe.yaml:4:34: error: expected `,` or `}` here
                4 |   list: {uses: table, numbers: $n[*]}
                  |                                  ^
                hint: inside `[ ]` and `{ }`, put `${name}` and `$node[*]` in quotes
                """#
        )
    }

    @Test("a line that belongs to nothing")
    func syntaxIndentation() {
        #expect(
            complaint(
                about: #"""
                    recipe: indented
                    nodes:
                      words:
                        uses: caption
                       text: a face
                    """#
            )
                == #"""
                recipe.yaml:5:4: error: this does not belong to the mapping around it
                5 |    text: a face
                  |    ^
                recipe.yaml:3:3: note: the mapping begins here
                hint: check the indentation
                """#
        )
    }

    @Test("a tab in place of spaces")
    func syntaxTab() {
        #expect(
            complaint(
                about: #"""
                    recipe: tabs
                    nodes:
                    \#twords: {uses: caption, text: a face}
                    """#
            )
                == #"""
                recipe.yaml:3:1: error: a tab cannot indent YAML
                3 | \#twords: {uses: caption, text: a face}
                  | ^
                hint: use spaces
                """#
        )
    }

    @Test("a colon inside a value")
    func syntaxColon() {
        #expect(
            complaint(
                about: #"""
                    recipe: colons
                    nodes:
                      words:
                        uses: caption
                        text: portrait: neon
                    """#
            )
                == #"""
                recipe.yaml:5:19: error: a `: ` inside a value
                5 |     text: portrait: neon
                  |                   ^
                hint: put the value in quotes, or check the indentation
                """#
        )
    }

    @Test("quotes that are not closed")
    func syntaxOpenQuotes() {
        #expect(
            complaint(
                about: #"""
                    recipe: quotes
                    nodes:
                      words: {uses: caption, text: "a face}
                    outputs:
                      words.txt: $words
                    """#
            )
                == #"""
                recipe.yaml:3:32: error: these quotes are never closed
                3 |   words: {uses: caption, text: "a face}
                  |                                ^
                """#
        )
    }

    @Test("parts of YAML that recipes do not use")
    func yamlExtras() {
        #expect(
            complaint(
                about: #"""
                    %YAML 1.1
                    ---
                    recipe: extras
                    """#
            )
                == #"""
                recipe.yaml:1:1: error: directives (`%…`) are not used in recipes
                1 | %YAML 1.1
                  | ^
                hint: delete the line
                """#
        )
    }

    @Test("tags, merge keys, anchors that are not there, keys that are no text")
    func yamlTagsAndMerges() {
        #expect(
            complaint(
                about: #"""
                    recipe: extras
                    params:
                      a: !!str 5
                      b: &b {x: 1}
                      c: {<<: *b, y: 2}
                      d: *bb
                      [e]: 1
                    ---
                    recipe: another
                    """#
            )
                == #"""
                recipe.yaml:3:6: error: tags such as `!!str` are not used in recipes
                3 |   a: !!str 5
                  |      ^^^^^^^
                hint: write the value alone: quoted it is text, unquoted it is what it looks like

                recipe.yaml:5:7: error: merge keys (`<<`) are not used in recipes
                5 |   c: {<<: *b, y: 2}
                  |       ^^
                hint: repeat the keys, or share values through `params:`

                recipe.yaml:6:6: error: there is no anchor `&bb` above
                6 |   d: *bb
                  |      ^^^
                hint: did you mean `*b`?

                recipe.yaml:7:3: error: a key must be text, but this is a list
                7 |   [e]: 1
                  |   ^^^
                hint: a value that begins with `[` or `{` and is no list or mapping needs quotes

                recipe.yaml:8:1: error: a recipe is one document, and here a second one begins
                8 | ---
                  | ^^^
                hint: put it into a file of its own, or delete the `---`
                """#
        )
    }

    @Test("YAML that is no recipe")
    func notARecipe() {
        #expect(
            complaint(
                about: #"""
                    - just
                    - a list
                    """#
            )
                == #"""
                recipe.yaml:1:1: error: a recipe is a mapping of recipe, description, include, params, axes, zip, exclude, nodes, outputs and expect, but this is a list
                1 | - just
                  | ^
                """#
        )
    }

    @Test("sections of the wrong shape")
    func wrongShapes() {
        #expect(
            complaint(
                about: #"""
                    recipe: ../escape
                    description: [a]
                    params: 5
                    axes: [style]
                    zip: style
                    exclude: {style: neon}
                    nodes: everything
                    outputs: [a.png]
                    expect: {a: 1}
                    include: 
                    """#
            )
                == #"""
                recipe.yaml:1:9: error: `../escape` cannot name a recipe, because its outputs go to a folder of that name
                1 | recipe: ../escape
                  |         ^^^^^^^^^
                hint: use letters, digits, `-` and `_`

                recipe.yaml:2:14: error: `description` must be text, but this is a list
                2 | description: [a]
                  |              ^^^

                recipe.yaml:3:9: error: `params` must be a mapping of names, each with a default, but this is an integer
                3 | params: 5
                  |         ^

                recipe.yaml:4:7: error: `axes` must be a mapping of names, each with a list of values, but this is a list
                4 | axes: [style]
                  |       ^^^^^^^

                recipe.yaml:5:6: error: `zip` must be a list of groups of axes such as [style, seed], but this is text
                5 | zip: style
                  |      ^^^^^

                recipe.yaml:6:10: error: `exclude` must be a list of cells such as {style: neon}, but this is a mapping
                6 | exclude: {style: neon}
                  |          ^^^^^^^^^^^^^

                recipe.yaml:7:8: error: `nodes` must be a mapping of names, each with what the node uses, but this is text
                7 | nodes: everything
                  |        ^^^^^^^^^^
                hint: write `nodes: {picture: {uses: load_image, file: photo.jpg}}`

                recipe.yaml:8:10: error: `outputs` must be a mapping of file names and what goes into them, but this is a list
                8 | outputs: [a.png]
                  |          ^^^^^^^
                hint: write `outputs: {name.png: $node}`

                recipe.yaml:9:9: error: an expectation must be text, but this is a mapping
                9 | expect: {a: 1}
                  |         ^^^^^^

                recipe.yaml:10:9: error: `include` is a list of recipes and cells, but nothing is given
                10 | include: 
                   |         ^
                hint: write `include: [other.yaml]` or `include: [{style: neon, seed: 7}]`
                """#
        )
    }
}
