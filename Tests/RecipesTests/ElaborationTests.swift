import Graph
import Recipes
import Testing

/// Sweeps: which instances a recipe makes, and what each reads.
struct ElaborationTests {
    @Test("a node runs once for each value of the axes it depends on, and what is shared runs once")
    func product() throws {
        let recipe = try load(
            """
            recipe: product
            description: Two axes.
            axes:
              style: [ink, pixel art]
              seed: {from: 1, to: 3}
            nodes:
              fixed: {uses: constant, value: 1}
              words: {uses: caption, text: "portrait, ${style}"}
              n: {uses: scale, input: $fixed, factor: "${seed}"}
              picture: {uses: paint, caption: $words, seed: "${seed}"}
              score: {uses: compare, image: $picture}
            outputs:
              "${style}/${seed}.png": $picture
              scores.csv: $score[*]
              "${style}.json": $score[*]
              "n-${seed}.txt": $n
            expect:
              - $score.max_abs <= ${seed}
              - $score[style=ink].mean_abs > -1
            """
        )
        #expect(recipe.graph.name == "product")
        #expect(recipe.description == "Two axes.")
        #expect(recipe.diagnostics == [])
        #expect(recipe.titles(of: "fixed") == ["fixed"])
        #expect(recipe.titles(of: "words") == ["words[style=ink]", "words[style=pixel art]"])
        #expect(recipe.titles(of: "n") == ["n[seed=1]", "n[seed=2]", "n[seed=3]"])
        let cells =
            ["ink seed=1", "ink seed=2", "ink seed=3"] + ["pixel art seed=1", "pixel art seed=2", "pixel art seed=3"]
        #expect(recipe.titles(of: "picture") == cells.map { "picture[style=\($0)]" })
        #expect(
            recipe.inputs("caption", of: "picture")
                == [["words[style=ink]"], ["words[style=ink]"], ["words[style=ink]"]]
                + [["words[style=pixel art]"], ["words[style=pixel art]"], ["words[style=pixel art]"]]
        )
        #expect(recipe.values(of: "seed", in: "picture") == [1, 2, 3, 1, 2, 3].map { .integer($0) })
        #expect(recipe.values(of: "width", in: "picture").allSatisfy { $0 == .integer(8) })
        #expect(
            recipe.outputPaths == [
                "ink/1.png", "ink/2.png", "ink/3.png", "pixel art/1.png", "pixel art/2.png", "pixel art/3.png",
                "scores.csv", "ink.json", "pixel art.json", "n-1.txt", "n-2.txt", "n-3.txt",
            ]
        )
        #expect(recipe.tables["scores.csv"] == cells.map { "score[style=\($0)]" })
        #expect(recipe.tables["ink.json"] == cells.prefix(3).map { "score[style=\($0)]" })
        #expect(recipe.graph.expectations.map(\.bound) == [1, 2, 3, 1, 2, 3, -1, -1, -1])
        #expect(
            recipe.graph.expectations.suffix(3).map { recipe.graph.instances[$0.instance].title }
                == cells.prefix(3).map { "score[style=\($0)]" }
        )
        // Inputs come before what reads them.
        for (i, instance) in recipe.graph.instances.enumerated() {
            #expect(instance.inputs.values.joined().allSatisfy { $0 < i })
        }
    }

    @Test("gathering is over the axes that the reader lacks")
    func gather() throws {
        let recipe = try load(
            """
            axes: {style: [ink, neon], seed: [1, 2]}
            nodes:
              n: {uses: constant, value: "${seed}"}
              words: {uses: caption, text: "${style}"}
              both: {uses: scale, input: $n, factor: "${seed}"}
              m: {uses: shift, input: $n, by: "$n[seed=1]"}
              all: {uses: table, numbers: "$m[*]", rows: seed}
              one: {uses: table, numbers: [$fixed, "$n[*]", "$n[seed=2]"]}
              fixed: {uses: constant, value: 9}
              mean: {uses: mean, of: "$m[*]"}
              pairs: {uses: mean, of: [$m, $fixed]}
              paint: {uses: paint, caption: $words, seed: "${seed}"}
              score: {uses: compare, image: $paint}
            outputs:
              all.txt: $all
              one.txt: $one
              mean.txt: $mean
              "pairs-${seed}.txt": $pairs
              "both-${seed}.txt": $both
              "${style}.csv": $score[seed=*]
              "seed 1.csv": $score[*, seed=1]
            """
        )
        #expect(recipe.inputs("numbers", of: "all") == [["m[seed=1]", "m[seed=2]"]])
        #expect(recipe.inputs("by", of: "m") == [["n[seed=1]"], ["n[seed=1]"]])
        #expect(recipe.inputs("numbers", of: "one") == [["fixed", "n[seed=1]", "n[seed=2]", "n[seed=2]"]])
        #expect(recipe.inputs("of", of: "mean") == [["m[seed=1]", "m[seed=2]"]])
        #expect(recipe.inputs("of", of: "pairs") == [["m[seed=1]", "fixed"], ["m[seed=2]", "fixed"]])
        #expect(recipe.tables["neon.csv"] == ["score[style=neon seed=1]", "score[style=neon seed=2]"])
        #expect(recipe.tables["seed 1.csv"] == ["score[style=ink seed=1]", "score[style=neon seed=1]"])
    }

    @Test("an input of any number takes one, several, a sweep, or nothing")
    func anyNumber() throws {
        let recipe = try load(
            """
            axes: {seed: [1, 2]}
            nodes:
              n: {uses: constant, value: "${seed}"}
              m: {uses: constant, value: 5}
              left_out: {uses: sum}
              nothing: {uses: sum, of: null}
              empty: {uses: sum, of: []}
              one: {uses: sum, of: $n}
              several: {uses: sum, of: [$m, "$n[seed=2]"]}
              swept: {uses: sum, of: "$n[*]"}
            outputs:
              left.txt: $left_out
              nothing.txt: $nothing
              empty.txt: $empty
              "one-${seed}.txt": $one
              several.txt: $several
              swept.txt: $swept
            """
        )
        for none in ["left_out", "nothing", "empty"] { #expect(recipe.inputs("of", of: none) == [[]]) }
        #expect(recipe.inputs("of", of: "one") == [["n[seed=1]"], ["n[seed=2]"]])
        #expect(recipe.inputs("of", of: "several") == [["m", "n[seed=2]"]])
        #expect(recipe.inputs("of", of: "swept") == [["n[seed=1]", "n[seed=2]"]])
    }

    @Test("a gathering node that depends on an axis gathers only its own share")
    func gatherShare() throws {
        let recipe = try load(
            """
            axes: {factor: [1, 2], seed: [1, 2]}
            nodes:
              n: {uses: constant, value: "${seed}"}
              m: {uses: scale, input: $n, factor: "${factor}"}
              total: {uses: mean, of: "$m[*]", weights: ["${factor}", "${factor}"]}
            outputs: {"${factor}.txt": $total}
            """
        )
        #expect(
            recipe.inputs("of", of: "total") == [
                ["m[factor=1 seed=1]", "m[factor=1 seed=2]"], ["m[factor=2 seed=1]", "m[factor=2 seed=2]"],
            ]
        )
        #expect(recipe.values(of: "weights", in: "total")[1] == .list([.number(2), .number(2)]))
    }

    static let sweep = """
        nodes:
          words: {uses: caption, text: "${style} ${seed} ${size}"}
        outputs: {"${style}-${seed}-${size}.txt": $words}
        """

    @Test("zipped axes go together, the first of them giving the place in the order")
    func zip() throws {
        let recipe = try load(
            """
            axes: {style: [ink, neon, ink], size: [8, 16], seed: [1, 2, 3]}
            zip: [style, seed]
            \(Self.sweep)
            """
        )
        #expect(
            recipe.outputPaths == [
                "ink-1-8.txt", "ink-1-16.txt", "neon-2-8.txt", "neon-2-16.txt", "ink-3-8.txt", "ink-3-16.txt",
            ]
        )
        let one = try load(
            """
            axes: {style: [ink, neon, ink], seed: [1, 2, 3]}
            zip: [[style, seed]]
            nodes:
              words: {uses: caption, text: "${style}"}
              picture: {uses: paint, caption: $words, seed: "${seed}"}
            outputs: {"${seed}.png": $picture}
            """
        )
        #expect(one.titles(of: "words") == ["words[style=ink]", "words[style=neon]"])
        #expect(
            one.inputs("caption", of: "picture").map(\.[0]) == [
                "words[style=ink]", "words[style=neon]", "words[style=ink]",
            ]
        )
    }

    @Test("an axis zipped with another may do no more than name the outputs")
    func labels() throws {
        let recipe = try load(
            """
            axes: {seed: [7, 8], name: [ada, ben]}
            zip: [seed, name]
            nodes: {n: {uses: constant, value: "${seed}"}}
            outputs: {"${name}.txt": $n}
            """
        )
        #expect(recipe.outputPaths == ["ada.txt", "ben.txt"])
        #expect(recipe.titles(of: "n") == ["n[seed=7]", "n[seed=8]"])
    }

    @Test("exclude takes cells away, and then include adds some, with new values too")
    func cells() throws {
        let recipe = try load(
            """
            axes: {style: [ink, neon], seed: [1, 2], size: [8]}
            exclude:
              - {style: ink, seed: 2}
              - {style: [neon], seed: [2, 1]}
            include:
              - {style: neon, seed: 2}
              - {style: [gold, ink], seed: 9}
              - {style: ink, seed: 1}
            \(Self.sweep)
            """
        )
        #expect(recipe.outputPaths == ["ink-1-8.txt", "neon-2-8.txt", "gold-9-8.txt", "ink-9-8.txt"])
        #expect(recipe.outline.axes.map(\.name) == ["style", "seed", "size"])
        #expect(recipe.outline.axes[0].values == [.string("ink"), .string("neon"), .string("gold")])
    }

    @Test("an axis value whose cells are all excluded makes no instances")
    func excludedValue() throws {
        let recipe = try load(
            """
            axes: {style: [ink, neon], seed: [1, 2]}
            exclude: [{style: neon}]
            nodes:
              words: {uses: caption, text: "${style}"}
              picture: {uses: paint, caption: $words, seed: "${seed}"}
            outputs: {"${style}-${seed}.png": $picture}
            """
        )
        #expect(recipe.titles(of: "words") == ["words[style=ink]"])
        #expect(recipe.outputPaths == ["ink-1.png", "ink-2.png"])
    }

    @Test("ranges count in decimal, up and down, and may come from params")
    func ranges() throws {
        func values(_ axis: String) throws -> [Value] {
            let recipe = try load(
                """
                params: {top: 3, list: [a, 1]}
                axes: {x: \(axis)}
                nodes: {a: {uses: caption, text: "${x} ${top} ${list_}"}}
                outputs: {"${x}.txt": $a}
                """.replacing(" ${list_}", with: "")
            )
            return recipe.outline.axes[0].values
        }
        #expect(try values("{from: 1, to: 3}") == [.integer(1), .integer(2), .integer(3)])
        #expect(try values("{from: 3, to: -1, step: -2}") == [.integer(3), .integer(1), .integer(-1)])
        #expect(try values("{from: 0, to: 0.3, step: 0.1}") == [.number(0), .number(0.1), .number(0.2), .number(0.3)])
        #expect(try values("{from: 0.5, to: 2}") == [.number(0.5), .number(1.5)])
        #expect(try values("{from: 1e-3, to: 3e-3, step: 1e-3}") == [.number(0.001), .number(0.002), .number(0.003)])
        #expect(try values("{from: 2, to: \"${top}\"}") == [.integer(2), .integer(3)])
        #expect(try values("\"${list}\"") == [.string("a"), .integer(1)])
    }

    @Test("a file name in place of a reference is loaded, once for each value of the axes it mentions")
    func implicitLoaders() throws {
        let recipe = try load(
            """
            params: {folder: faces}
            axes: {who: [ada, bob]}
            nodes:
              score: {uses: compare, image: "${folder}/${who}.png", baseline: ./faces/ada.png}
            outputs: {"${who}.json": $score}
            """
        )
        #expect(recipe.titles(of: "score.image") == ["score.image[who=ada]", "score.image[who=bob]"])
        #expect(
            recipe.values(of: "file", in: "score.image")
                == [.string("/project/faces/ada.png"), .string("/project/faces/bob.png")]
        )
        #expect(recipe.values(of: "file", in: "score.baseline") == [.string("/project/faces/ada.png")])
        #expect(recipe.inputs("image", of: "score") == [["score.image[who=ada]"], ["score.image[who=bob]"]])
        #expect(recipe.inputs("baseline", of: "score") == [["score.baseline"], ["score.baseline"]])
    }

    @Test("a baseline need not be there: it is made when a picture is approved")
    func missingBaseline() throws {
        let recipe = try load(
            """
            nodes:
              score: {uses: compare, image: faces/ada.png, baseline: accepted/ada.png}
            outputs: {score.json: $score}
            """
        )
        let baselines = recipe.graph.baselines
        #expect(baselines.map(\.path) == ["/project/accepted/ada.png"])
        #expect(baselines.map { recipe.graph.instances[$0.reader].title } == ["score.baseline"])
        #expect(baselines.map { recipe.graph.instances[$0.measured].title } == ["score.image"])
    }

    @Test("nested parameters: paths become absolute, defaults are filled in")
    func nestedParameters() throws {
        let recipe = try load(
            """
            axes: {strength: [0.5, 1]}
            nodes:
              model:
                uses: load_model
                path: models
                adapters: [{file: models/tiny.bin, scale: "${strength}"}, {file: n.txt}]
              words: {uses: caption, text: a}
              picture: {uses: paint, model: $model, caption: $words}
              plain: {uses: paint, model: , caption: $words}
            outputs: {"${strength}.png": $picture, plain.png: $plain}
            """
        )
        #expect(recipe.values(of: "path", in: "model") == [.string("/project/models"), .string("/project/models")])
        #expect(
            recipe.values(of: "adapters", in: "model")[0]
                == .list([
                    .map(["file": .string("/project/models/tiny.bin"), "scale": .number(0.5)]),
                    .map(["file": .string("/project/n.txt"), "scale": .number(1)]),
                ])
        )
        #expect(recipe.graph.instances.first { $0.node == "plain" }?.inputs.keys.sorted() == ["caption"])
    }

    @Test("every instance knows where the recipe gives its values")
    func locations() throws {
        let recipe = try load(
            """
            nodes:
              words:
                uses: caption
                text: a face
            outputs: {words.txt: $words}
            """
        )
        let words = recipe.graph.instances[0]
        #expect(words.location == Graph.SourceLocation(file: "recipe.yaml", line: 2, column: 3, length: 5))
        #expect(
            words.valueLocations == ["text": Graph.SourceLocation(file: "recipe.yaml", line: 4, column: 11, length: 6)]
        )
        #expect(
            recipe.graph.outputs[0].location
                == Graph.SourceLocation(file: "recipe.yaml", line: 5, column: 11, length: 9)
        )
    }

    @Test("a recipe without outputs runs all its nodes; one with them only what they need")
    func wanted() throws {
        let nodes = "nodes: {a: {uses: caption, text: a}, b: {uses: caption, text: b}}"
        #expect(try load(nodes).graph.instances.map(\.node) == ["a", "b"])
        let some = try load(nodes + "\noutputs: {a.txt: $a}")
        #expect(some.graph.instances.map(\.node) == ["a"])
        #expect(some.diagnostics.map(\.message) == ["the node `b` does not run, for no output or expectation needs it"])
        #expect(some.outline.nodes.map(\.cells) == [1, 0])
    }

    @Test("ten thousand instances")
    func large() throws {
        let recipe = try load(
            """
            axes: {style: {from: 1, to: 50}, seed: {from: 1, to: 65}}
            nodes:
              words: {uses: caption, text: "portrait ${style}"}
              picture: {uses: paint, caption: $words, seed: "${seed}"}
              score: {uses: compare, image: $picture}
              n: {uses: constant, value: "${seed}"}
              m: {uses: scale, input: $n, factor: "${style}"}
              all: {uses: table, numbers: "$m[*]", rows: seed}
            outputs: {"${style}-${seed}.png": $picture, scores.csv: "$score[*]", all.txt: $all}
            """
        )
        #expect(recipe.graph.instances.count == 50 + 3 * 3250 + 65 + 1)
        #expect(recipe.inputs("numbers", of: "all")[0].count == 3250)
        #expect(recipe.inputs("numbers", of: "all")[0].last == "m[style=50 seed=65]")
        #expect(recipe.titles(of: "picture")[3249] == "picture[style=50 seed=65]")
        #expect(recipe.inputs("caption", of: "picture")[3249] == ["words[style=50]"])
    }

    @Test("rows may name an axis that is zipped with one of those gathered")
    func rowsByAZippedAxis() throws {
        let recipe = """
            axes: {photo: [1, 2, 2], style: [1, 3], name: [ada, ben, bob]}
            zip: [photo, name]
            nodes:
              start: {uses: constant, value: "${photo}"}
              number: {uses: scale, input: $start, factor: "${style}"}
              after: {uses: scale, input: $number}
              list: {uses: table, numbers: "$number[*]", rows: name}
            outputs: {list.txt: $list, "${photo}-${style}-${name}.txt": $after}
            """
        let loaded = try load(recipe)
        #expect(loaded.diagnostics.isEmpty)
        #expect(
            loaded.titles(of: "number") == [
                "number[photo=1 style=1 name=ada]", "number[photo=1 style=3 name=ada]",
                "number[photo=2 style=1 name=ben]", "number[photo=2 style=3 name=ben]",
                "number[photo=2 style=1 name=bob]", "number[photo=2 style=3 name=bob]",
            ]
        )
        #expect(loaded.inputs("numbers", of: "list") == [loaded.titles(of: "number")])
        // Who reads it alone has its axes, and each its own; what it rests on stays as it was.
        #expect(loaded.inputs("input", of: "after") == loaded.titles(of: "number").map { [$0] })
        #expect(loaded.titles(of: "start") == ["start[photo=1]", "start[photo=2]"])
        #expect(loaded.outputPaths.count == 7)
    }
}

extension LoadedRecipe {
    /// The titles of the rows of each table, by its path.
    var tables: [String: [String]] {
        var tables: [String: [String]] = [:]
        for output in graph.outputs {
            if case .table(let rows) = output.source { tables[output.path] = rows.map { graph.instances[$0].title } }
        }
        return tables
    }
}
