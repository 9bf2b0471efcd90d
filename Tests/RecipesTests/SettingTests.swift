import Graph
import Testing

/// `--set` for params and axes.
struct SettingTests {
    static let recipe = """
        params: {photo: faces/ada.png, scale: 0.8, count: 3, fast: true, sizes: [8]}
        axes: {style: [ink, neon], seed: {from: 1, to: 3}}
        exclude: [{style: neon, seed: 3}]
        include: [{style: gold, seed: 7}]
        nodes:
          words: {uses: caption, text: "${style} ${fast} ${scale}"}
          picture: {uses: paint, caption: $words, seed: "${seed}", width: 8}
          score: {uses: compare, image: $picture, baseline: "${photo}"}
          one: {uses: constant, value: "${count}"}
          mean: {uses: mean, of: $one, weights: "${sizes}"}
        outputs: {"${style}-${seed}.json": $score, mean.txt: $mean}
        """

    @Test("a param takes a value of its default's type; of several settings the last counts")
    func params() throws {
        let set = try load(
            Self.recipe,
            settings: ["scale=2", "count=0.5", "fast=false", "sizes=[1, 2.5]", "scale=1e-3", "photo=n.txt"]
        )
        #expect(
            set.graph.parameters == [
                "scale": .number(0.001), "count": .number(0.5), "fast": .bool(false), "photo": .string("n.txt"),
                "sizes": .list([.integer(1), .number(2.5)]),
            ]
        )
    }

    @Test func aKeyOfARecipeIsNoParam() {
        let text = complaint(about: Self.recipe, settings: ["exclude=[{seed: 1}]"])
        #expect(
            text.contains(
                "hint: `exclude` is part of the recipe's text, and `--set` changes params and axes; `--set 'style=[...]'` gives an "
                    + "axis only the values that are to run"
            ),
            "\(text)"
        )
    }

    @Test(
        "a param without a type takes anything",
        arguments: [("5", Value.integer(5)), ("[a]", .list([.string("a")]))]
    )
    func untyped(text: String, value: Value) throws {
        #expect(try load("params: {any: }", settings: ["any=\(text)"]).graph.parameters["any"] == value)
    }

    @Test("settings have one spelling, and those of params that change nothing are left out")
    func canonical() throws {
        func settings(_ given: String...) throws -> [String] { try load(Self.recipe, settings: given).settings }
        #expect(try settings() == [])
        #expect(try settings("scale=0.80", "count=+3", "photo=faces/ada.png", "fast=true", "sizes=[ 8 ]") == [])
        #expect(
            try settings("style=neon", "sizes=[1,  2.50]", "scale=5e-1", "scale=0.5", "photo=n.txt")
                == ["photo=n.txt", "scale=0.5", "sizes=[1, 2.5]", "style=neon"]
        )
        #expect(
            try settings("style=['gold', 1980]", "seed={from: 7,  to: 8}")
                == [#"seed={"from": 7, "to": 8}"#, #"style=["gold", "1980"]"#]
        )
        #expect(try settings("seed=[7]") == ["seed=7"])
        // What comes out can be given again.
        let given = ["style=[gold, ink]", "seed={from: 7, to: 8}", "scale=0.25", "sizes=[1]"]
        let first = try load(Self.recipe, settings: given)
        let again = try load(Self.recipe, settings: first.settings)
        #expect(again.settings == first.settings)
        #expect(again.outputPaths == first.outputPaths)
        #expect(again.graph.parameters == first.graph.parameters)
    }

    @Test("text is taken as it stands", arguments: ["7", "true", "a: b", "[x", "=", "", "$HOME", "${style}"])
    func text(value: String) throws {
        let set = try load("params: {a: word}", settings: ["a=\(value)"])
        #expect(set.graph.parameters["a"] == .string(value))
    }

    @Test("an axis takes one value or a list, and cells that the values leave out go away")
    func axes() throws {
        #expect(
            try load(Self.recipe).outputPaths.dropLast() == [
                "ink-1.json", "ink-2.json", "ink-3.json", "neon-1.json", "neon-2.json", "gold-7.json",
            ]
        )
        #expect(try load(Self.recipe, settings: ["seed=9"]).outputPaths.dropLast() == ["ink-9.json", "neon-9.json"])
        #expect(
            try load(Self.recipe, settings: ["style=neon", "seed=[3, 7]"]).outputPaths.dropLast() == ["neon-7.json"]
        )
        #expect(
            try load(Self.recipe, settings: ["style=[gold, 1980]", "seed={from: 7, to: 8}"]).outputPaths.dropLast()
                == ["gold-7.json", "gold-8.json", "1980-7.json", "1980-8.json"]
        )
        #expect(
            try load(Self.recipe, settings: ["style=1980", "seed=1"]).graph.instances.first?.cell["style"]
                == .string("1980")
        )
    }

    @Test("a path given by --set starts from the working folder, one in a recipe from the recipe's")
    func paths() throws {
        let library = """
            params: {photo: ada.png}
            nodes: {score: {uses: compare, image: "${photo}", baseline: bob.png}}
            """
        let recipe = "include: [faces/library.yaml]\noutputs: {score.json: $score}"
        let files = ["faces/library.yaml": library]
        let plain = try load(recipe, files: files)
        #expect(plain.values(of: "file", in: "score.image") == [.string("/project/faces/ada.png")])
        #expect(plain.values(of: "file", in: "score.baseline") == [.string("/project/faces/bob.png")])
        let set = try load(recipe, settings: ["photo=n.txt"], files: files)
        #expect(set.values(of: "file", in: "score.image") == [.string("/project/n.txt")])
    }

    // MARK: - Zipped axes

    private static let people = """
        axes: {people: {csv: people.csv}, style: [ink, neon]}
        nodes: {words: {uses: caption, text: "${style} ${name} ${age}"}}
        outputs: {"${name}-${age}-${style}.txt": $words}
        """
    private static let table = ["people.csv": "name,age\nada,30\nben,40\nada,50\n"]

    @Test(
        "of zipped axes, values that are there pick their rows",
        arguments: [
            (["name=ben"], ["ben-40"]), (["age=30"], ["ada-30"]), (["name=ada"], ["ada-30", "ada-50"]),
            (["name=[ben, ada]"], ["ben-40", "ada-30", "ada-50"]), (["age=[50, 30]"], ["ada-50", "ada-30"]),
            // All of them given: these rows, and no others.
            (["name=[cleo]", "age=[7]"], ["cleo-7"]),
        ]
    )
    func zippedRows(settings: [String], rows: [String]) throws {
        let loaded = try load(Self.people, settings: settings + ["style=ink"], files: Self.table)
        #expect(loaded.outputPaths == rows.map { "\($0)-ink.txt" })
        #expect(loaded.diagnostics.isEmpty)
        // What comes out can be given again.
        let again = try load(Self.people, settings: loaded.settings, files: Self.table)
        #expect(again.outputPaths == loaded.outputPaths && again.settings == loaded.settings)
    }

    @Test("of three zipped axes two may pick together")
    func rowsPickedByTwo() throws {
        let recipe = """
            axes: {a: [1, 1, 2], b: [x, y, x], c: [p, q, r]}
            zip: [a, b, c]
            nodes: {words: {uses: caption, text: "${a} ${b} ${c}"}}
            outputs: {"${a}${b}${c}.txt": $words}
            """
        #expect(try load(recipe, settings: ["a=1", "b=x"]).outputPaths == ["1xp.txt"])
        #expect(try load(recipe, settings: ["b=x"]).outputPaths == ["1xp.txt", "2xr.txt"])
    }

    @Test("a new value for one of zipped axes is one complaint")
    func newValueOfZippedAxis() {
        #expect(
            complaint(about: Self.people, settings: ["name=zoe"], files: Self.table) == """
                people.csv:1:1: error: zipped axes need equally many values, but `name` has 1 and `age` has 3
                1 | name,age
                  | ^^^^
                hint: pick rows by values that `name` has, ada or ben, or give `--set` for each of them
                """
        )
    }
}
