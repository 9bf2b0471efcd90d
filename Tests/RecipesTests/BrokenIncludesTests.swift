import Testing

/// Recipes that include others in vain, each with all that is said about it.
struct BrokenIncludesTests {
    @Test("included recipes that are missing, broken, doubled or go in circles")
    func includes() {
        #expect(
            complaint(
                about: #"""
                    recipe: parts
                    include: [libs.yaml, lib/base.yaml, {seed: 3}, [x]]
                    params:
                      photo: faces/bob.png
                    axes:
                      seed: [1, 2]
                    nodes:
                      n: {uses: constant, value: "${seed}"}
                      model: {uses: load_model, path: models/tiny.bin}
                    outputs:
                      "${seed}.txt": $n
                    """#,
                files: [
                    "lib/base.yaml": #"""
                    include: [../recipe.yaml, more.yaml]
                    params: {photo: a.png}
                    nodes:
                      model: {uses: load_model, path: nowhere.bin}
                    """#,
                    "lib/more.yaml": #"""
                    params: {seed: 1}
                    outputs:
                      more.txt: $more
                    """#,
                ]
            )
                == #"""
                lib/base.yaml:1:11: error: recipes include each other in a circle: recipe.yaml → base.yaml → recipe.yaml
                1 | include: [../recipe.yaml, more.yaml]
                  |           ^^^^^^^^^^^^^^
                recipe.yaml:2:22: note: `base.yaml` is included here

                recipe.yaml:2:11: error: there is no recipe `libs.yaml`
                2 | include: [libs.yaml, lib/base.yaml, {seed: 3}, [x]]
                  |           ^^^^^^^^^

                recipe.yaml:2:48: error: `include` is a list of recipes and cells, but this is a list
                2 | include: [libs.yaml, lib/base.yaml, {seed: 3}, [x]]
                  |                                                ^^^
                hint: write `include: [other.yaml]` or `include: [{style: neon, seed: 7}]`

                recipe.yaml:4:3: error: the param `photo` is defined twice
                4 |   photo: faces/bob.png
                  |   ^^^^^
                lib/base.yaml:2:10: note: it is first defined here

                recipe.yaml:6:3: error: `seed` is both a param and an axis
                6 |   seed: [1, 2]
                  |   ^^^^
                lib/more.yaml:1:10: note: it is first defined here
                hint: rename one, for `${seed}` could mean either

                recipe.yaml:9:3: error: the node `model` is defined twice
                9 |   model: {uses: load_model, path: models/tiny.bin}
                  |   ^^^^^
                lib/base.yaml:4:3: note: it is first defined here
                """#
        )
    }

    @Test("names that two recipes define, with the places of both")
    func includesThatCanBeRead() {
        #expect(
            complaint(
                about: #"""
                    recipe: parts
                    include: [lib/base.yaml, lib/more.yaml]
                    axes:
                      seed: [1, 2]
                    nodes:
                      n: {uses: constant, value: "${seed}"}
                      model: {uses: load_model, path: models/tiny.bin}
                    outputs:
                      "${seed}.txt": $n
                      more.txt: $n
                    """#,
                files: [
                    "lib/base.yaml": #"""
                    include: [more.yaml]
                    params: {photo: a.png}
                    nodes:
                      model: {uses: load_model, path: tiny.bin}
                    """#,
                    "lib/more.yaml": #"""
                    include: base.yaml
                    params: {seed: 1}
                    outputs:
                      more.txt: $more
                    """#,
                ]
            )
                == #"""
                lib/base.yaml:4:35: error: there is no file or folder `tiny.bin`
                4 |   model: {uses: load_model, path: tiny.bin}
                  |                                   ^^^^^^^^
                hint: the path starts from `lib/`

                lib/more.yaml:1:10: error: recipes include each other in a circle: base.yaml → more.yaml → base.yaml
                1 | include: base.yaml
                  |          ^^^^^^^^^
                lib/base.yaml:1:11: note: `more.yaml` is included here

                lib/more.yaml:4:13: error: there is no node `more`
                4 |   more.txt: $more
                  |             ^^^^^

                recipe.yaml:4:3: error: `seed` is both a param and an axis
                4 |   seed: [1, 2]
                  |   ^^^^
                lib/more.yaml:2:10: note: it is first defined here
                hint: rename one, for `${seed}` could mean either

                recipe.yaml:7:3: error: the node `model` is defined twice
                7 |   model: {uses: load_model, path: models/tiny.bin}
                  |   ^^^^^
                lib/base.yaml:4:3: note: it is first defined here

                recipe.yaml:10:3: error: the output `more.txt` is defined twice
                10 |   more.txt: $n
                   |   ^^^^^^^^
                lib/more.yaml:4:3: note: it is first defined here
                """#
        )
    }
}
