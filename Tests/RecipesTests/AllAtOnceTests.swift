import EngineTestSupport
import Graph
import Recipes
import Testing

/// Takes a sweep of numbers along one axis, and says so before anything runs.
private struct AlongOneAxis: Node {
    static let version = 1
    static let help = "Takes numbers that differ along one axis."
    @Input("the numbers") var numbers: Gathered<ToyNumber>

    func problems() -> [ParameterProblem] {
        guard let cell = numbers.items.first(where: { $0.cell.coordinates.count > 1 })?.cell else { return [] }
        return [ParameterProblem("numbers", "`\(cell)` lies on several axes")]
    }

    func run(_ context: RunContext) throws -> ToyNumber { try numbers.items[0].value() }
}

/// No mistake hides another, and none is said that only follows from another.
struct AllAtOnceTests {
    /// The errors and warnings of a complaint, without their places.
    private func said(
        _ recipe: String,
        settings: [String] = [],
        files: [String: String] = [:]
    ) -> [String] {
        complaint(about: recipe, settings: settings, files: files)
            .matches(of: /(?m)^\S.*?: (error|warning): (.*)$/).map { String($0.2) }
    }

    @Test(
        "names of outputs are checked whatever else is wrong",
        arguments: [
            "{uses: paint, caption: $words, width: 0, wdth: 4}", "{uses: paint, caption: $wods}", "{uses: paint}",
            "{uses: paint, caption: $words, seed: \"${missing}\"}",
            "{uses: paint, caption: $words, seed: \"${empty}\"}",
        ]
    )
    func outputNames(picture: String) {
        let all = said(
            """
            axes: {s: [1, 2], empty: []}
            nodes:
              words: {uses: caption, text: "${s}"}
              picture: \(picture)
            outputs:
              s.pgn: $picture
              "${empty}.jpeg2": $picture
              a.txt: $words[s=1]
              A.txt: $picter
            """
        )
        #expect(all.contains("an image cannot be written as `s.pgn`"))
        #expect(all.contains("an image cannot be written as `${empty}.jpeg2`"))
        #expect(all.contains("`A.txt` and `a.txt` differ only in case, which some disks ignore"))
    }

    @Test("what is not used is said beside a misspelt name, but not of the name that was meant")
    func unused() {
        let all = said(
            """
            axes: {style: [ink, neon], seed: [1, 2]}
            params: {width: 8, colour: red}
            nodes:
              words: {uses: caption, text: "${stile}"}
              picture: {uses: paint, caption: $words, width: "${widht}"}
            outputs: {a.png: $picture}
            """
        )
        #expect(
            all == [
                "no node depends on the axis `seed`", "the param `colour` is not used",
                "there is no param or axis `stile`", "there is no param or axis `widht`",
            ]
        )
        // It may be any of them.
        #expect(
            said(
                """
                axes: {style: [ink, neon]}
                nodes: {words: {uses: caption, text: "${person}"}}
                outputs: {a.txt: $words}
                """
            ) == ["there is no param or axis `person`"]
        )
    }

    @Test(
        "what a node says of one parameter is said whatever is wrong with the others",
        arguments: ["seed: \"${sed}\"", "seed: x", "sede: 1", "model: $words", "seed: {}"]
    )
    func problemsOfNodes(other: String) {
        let all = said(
            """
            nodes:
              words: {uses: caption, text: a face}
              picture: {uses: paint, caption: $words, width: 7, \(other)}
            outputs: {a.png: $picture}
            """
        )
        #expect(all.contains("width must be a multiple of 4, not 7"))
        #expect(all.count == 2)
    }

    @Test(
        "what a node says of the cells that it gathers is said whatever is wrong elsewhere",
        arguments: [
            ("value: x", "a: {uses: constant, value: y}", true), ("value: exact", "a: {uses: constant}", true),
            ("value: exact", "a: {uses: sum, of: $b}", true),
            // Of which axes it is may be part of what is wrong.
            ("vale: \"${s}\"", "a: {uses: constant, value: 1}", false),
        ]
    )
    func gatheredCells(factor: String, other: String, isSaid: Bool) throws {
        let files = MemoryFiles([
            "recipe.yaml": """
            axes: {s: [1, 2], t: [1, 2]}
            nodes:
              one: {uses: constant, value: "${t}"}
              n: {uses: scale, input: $one, factor: "${s}", \(factor.replacing("value", with: "rounding"))}
              row: {uses: along_one_axis, numbers: "$n[*]"}
              \(other)
            outputs: {row.txt: $row, a.txt: $a}
            """
        ])
        let loader = RecipeLoader(registry: NodeRegistry(toyNodes + [AlongOneAxis.self]), files: files)
        let error = #expect(throws: RecipeError.self) { try loader.load(file: "recipe.yaml", settings: []) }
        let messages = error?.diagnostics.map(\.message) ?? []
        #expect(messages.contains("`s=1 t=1` lies on several axes") == isSaid, "\(messages)")
        #expect(messages.count > (isSaid ? 1 : 0))
    }

    @Test(
        "of a table that cannot be read, nothing is said of what may be its columns",
        arguments: [
            ("name;size\nada;1", "`name;size` cannot name a column, for it becomes an axis"),
            ("name,size\nada,1,2", "this row has 3 fields, the first line names 2 columns"),
            ("name,size\n\"ada,1", "this quote is never closed"),
        ]
    )
    func brokenTables(table: String, problem: String) {
        let recipe = """
            axes:
              people: {csv: people.csv}
              seed: [1, 2]
            zip: [[seed, size]]
            exclude: [{name: ada}]
            nodes:
              n: {uses: constant, value: "${size}"}
              m: {uses: constant, value: 1}
              t: {uses: table, numbers: "$n[*]", rows: name}
              one: {uses: shift, input: "$n[name=ada]"}
              words: {uses: caption, text: "${name}"}
            outputs: {"${name}-${seed}.txt": $words, t.txt: $t, one.txt: $one}
            """
        #expect(said(recipe, settings: ["name=ben"], files: ["people.csv": table]) == [problem])
        #expect(
            said(recipe, settings: ["people=Ada"], files: ["people.csv": "name,size\nada,1"]) == ["`people` is a table"]
        )
    }

    @Test("a value that a column does not have is all that is said")
    func valueThatNoRowHas() {
        let recipe = """
            axes: {people: {csv: people.csv}}
            nodes: {n: {uses: constant, value: "${size}"}}
            outputs: {"${name}.txt": $n}
            """
        #expect(
            complaint(about: recipe, settings: ["name=ben"], files: ["people.csv": "name,size\nada,1\nbob,2"])
                == """
                people.csv:1:1: error: zipped axes need equally many values, but `name` has 1 and `size` has 2
                1 | name,size
                  | ^^^^
                hint: pick rows by values that `name` has, ada or bob, or give `--set` for each of them
                """
        )
    }

    @Test("a setting that gives a param several values")
    func severalValuesOfParam() {
        #expect(
            complaint(
                about: """
                    params: {size: 0.8}
                    nodes: {n: {uses: constant, value: "${size}"}}
                    outputs: {n.txt: $n}
                    """,
                settings: ["size=[0.1,0.2]"]
            )
                == """
                --set size=[0.1,0.2]: error: `size` must be a number, but `[0.1,0.2]` gives several values
                recipe.yaml:1:16: note: the default `0.8` gives the type
                hint: `size` is a param; only an axis takes several values: `axes: {size: [0.1,0.2]}`
                """
        )
    }

    @Test("an empty value in the name of an output")
    func emptyValues() {
        let recipe = """
            params: {tag: t}
            axes: {people: {csv: people.csv}}
            nodes: {n: {uses: constant, value: "${size}"}}
            outputs: {"${name}.txt": $n, "${name}${end}-${tag}.txt": $n, "${end}/${size}.txt": $n}
            """
        let files = ["people.csv": "name,size,end\nada,1,-x\n,2,-y\ncyd,3,"]
        #expect(
            complaint(about: recipe, files: files)
                == """
                recipe.yaml:4:11: error: `${name}` is empty, which leaves `.txt` without a name
                4 | outputs: {"${name}.txt": $n, "${name}${end}-${tag}.txt": $n, "${end}/${size}.txt": $n}
                  |           ^^^^^^^^^^^^^
                people.csv:3:1: note: its value is given here
                hint: fill it in, or put `${name.index}` into the name instead

                recipe.yaml:4:30: warning: `${name}` is empty, which makes the name `-y-t.txt`
                4 | outputs: {"${name}.txt": $n, "${name}${end}-${tag}.txt": $n, "${end}/${size}.txt": $n}
                  |                              ^^^^^^^^^^^^^^^^^^^^^^^^^^
                people.csv:3:1: note: its value is given here
                hint: fill it in, or put `${name.index}` into the name instead

                recipe.yaml:4:62: error: `${end}` is empty, which leaves `/3.txt` without a name
                4 | outputs: {"${name}.txt": $n, "${name}${end}-${tag}.txt": $n, "${end}/${size}.txt": $n}
                  |                                                              ^^^^^^^^^^^^^^^^^^^^
                people.csv:4:7: note: its value is given here
                hint: fill it in, or put `${end.index}` into the name instead
                """
        )
        #expect(
            said(
                "params: {style: s}\nnodes: {n: {uses: constant, value: 1}}\noutputs: {\"${style}-1.txt\": $n}",
                settings: ["style="]
            ) == ["`${style}` is empty, which makes the name `-1.txt`"]
        )
        // An ending may well be left out.
        #expect(
            said(
                """
                axes: {end: ["", -b]}
                nodes: {n: {uses: caption, text: "${end}"}}
                outputs: {"a${end}.txt": $n}
                """
            ).isEmpty
        )
    }

    @Test("two cells on one file: of a path a part is proposed")
    func partsOfPaths() {
        func recipe(_ pattern: String) -> String {
            """
            axes: {photo: {files: "\(pattern)"}}
            nodes: {i: {uses: load_image, file: "${photo}"}}
            outputs: {a.png: $i}
            """
        }
        #expect(complaint(about: recipe("faces/*.png")).contains("hint: put `${photo.stem}` into the name"))
        #expect(
            complaint(about: recipe("*/ada.png"), files: ["more/ada.png": "x"]).contains(
                "hint: put `${photo.index}` into the name"
            )
        )
    }
}
