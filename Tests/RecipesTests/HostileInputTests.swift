import EngineTestSupport
import Graph
import Recipes
import Testing

/// Bytes that no honest recipe has: each gives a diagnostic, quickly, and nothing crashes.
struct HostileInputTests {
    /// The messages about a recipe of any bytes; empty if it is good.
    private func messages(_ bytes: [UInt8]) -> [String] {
        var files = MemoryFiles(standardFiles)
        files.contents["recipe.yaml"] = bytes
        do {
            _ = try RecipeLoader(registry: .toys, files: files).load(file: "recipe.yaml", settings: [])
            return []
        } catch let error as RecipeError {
            // Rendering must not crash either.
            let renderer = DiagnosticRenderer(sources: error.sources)
            #expect(renderer.text(error.diagnostics).count > 10)
            #expect(renderer.json(error.diagnostics).split(separator: "\n").count == error.diagnostics.count)
            return error.diagnostics.map { "\(DiagnosticRenderer.line($0.location))\($0.message)" }
        } catch {
            return ["not a RecipeError: \(error)"]
        }
    }

    private func messages(_ text: String) -> [String] { messages(Array(text.utf8)) }

    @Test("nesting, in every style", arguments: ["[", "{a: ", "- ", "? ", "{", "a: [", "- - ", "[{"])
    func nesting(opening: String) throws {
        let found = messages(String(repeating: opening, count: 65))
        try #require(found.count == 1)
        #expect(found[0].contains("nested more than 64 deep"))
    }

    @Test("a little less than the deepest nesting is a plain value")
    func allowedNesting() throws {
        let depth = 60
        let list = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(messages("params: {a: \(list)}") == [])
    }

    @Test("aliases that repeat others")
    func aliases() {
        var recipe = "params:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for i in 1..<4 {
            recipe += "  a\(i): &a\(i) [\((0..<10).map { _ in "*a\(i - 1)" }.joined(separator: ", "))]\n"
        }
        #expect(messages(recipe) == ["5:47: aliases repeat more than 10000 values"])
        let many = "params:\n  a: &a 1\n  b: [\(Array(repeating: "*a", count: 101).joined(separator: ", "))]"
        #expect(messages(many) == ["3:407: more than 100 aliases"])
        #expect(messages("params: {a: &a [*a]}") == ["1:17: `*a` would contain itself"])
        #expect(messages("params: {a: &a {b: *a}, c: &a 1, d: *a}") == ["1:20: `*a` would contain itself"])
    }

    @Test("more keys than anyone writes")
    func manyKeys() {
        let keys = (0..<100_000).map { "k\($0):" }.joined(separator: "\n")
        #expect(messages(keys) == ["the recipe has more than 100000 keys and values"])
        let fewer = (0..<40_000).map { "k\($0): 1" }.joined(separator: "\n")
        let found = messages(fewer)
        #expect(found.count == 501)
        #expect(found.last == "39500 more problems are not shown")
        let same = String(repeating: "a: 1\n", count: 40_000)
        #expect(messages(same).count == 501)
    }

    @Test("many misspelt names")
    func manyMisspelt() {
        var recipe = "nodes:\n"
        for i in 0..<8000 { recipe += "  node_number_\(i): {uses: shift, input: $nod_number_\(i)}\n" }
        #expect(messages(recipe).count == 501)
    }

    @Test("a long chain of nodes, and a long circle")
    func longChain() {
        var chain = "nodes:\n  n0: {uses: constant, value: 1}\n"
        for i in 1..<9000 { chain += "  n\(i): {uses: scale, input: $n\(i - 1)}\n" }
        #expect(messages(chain + "outputs: {a.txt: $n8999}") == [])
        let circle = chain.replacing("n0: {uses: constant, value: 1}", with: "n0: {uses: scale, input: $n8999}")
        #expect(
            messages(circle) == [
                "2:28: `n0` needs its own result: n0 → n8999 → n8998 → n8997 → n8996 → n8995 → … → n5 → n4 → n3 → n2 → n1 → n0"
            ]
        )
    }

    @Test("nodes that are all wrong, and circles within circles")
    func manyErrors() {
        var wrong = "nodes:\n  text: {uses: caption, text: a}\n"
        for i in 0..<9000 { wrong += "  n\(i): {uses: scale, input: $text}\n" }
        #expect(messages(wrong).count == 501)
        var circles = "nodes:\n  n0: {uses: scale, input: $n4999}\n"
        for i in 1..<5000 { circles += "  n\(i): {uses: shift, input: $n\(i - 1), by: $n0}\n" }
        #expect(messages(circles).allSatisfy { $0.contains("needs its own result") })
    }

    @Test("cells and values by the thousand")
    func manyCells() {
        let values = (0..<5000).map { "v\($0)" }.joined(separator: ", ")
        let excluded = (0..<900).map { "{a: v\($0 * 5), b: [2, 3]}" }.joined(separator: ", ")
        let recipe = """
            axes: {a: [\(values)], b: [1, 2, 3, 4, 5]}
            exclude: [\(excluded)]
            nodes: {n: {uses: caption, text: "${a} ${b}"}}
            outputs: {"${a}-${b}.txt": $n}
            """
        #expect(messages(recipe) == [])
        let more = recipe.replacing("b: [2, 3]}]", with: "c: 1}, {a: [\(values)]}]")
        let messages = messages(more)
        #expect(messages.count == 2)
        #expect(messages.first?.hasSuffix("every cell of the sweep is excluded") == true)
        #expect(messages.last?.hasSuffix("there is no axis `c`") == true)
    }

    @Test("files that are too large, empty, or not UTF-8")
    func encodings() {
        #expect(messages(String(repeating: "#", count: 1 << 20) + "\n") == ["the recipe is larger than 1 MiB"])
        #expect(messages(String(repeating: "#", count: (1 << 20) - 1)) == ["the recipe is empty"])
        #expect(messages("") == ["the recipe is empty"])
        #expect(messages("\n# nothing\n") == ["the recipe is empty"])
        #expect(messages([0xFF, 0xFE, 0x61, 0x00]) == ["the recipe is encoded in UTF-16"])
        #expect(messages(Array("a: é\nb: ".utf8) + [0xE9, 0x0A]) == ["2:4: the byte 0xE9 is not valid UTF-8"])
        #expect(messages([0x61, 0xC0, 0x80]) == ["1:2: the byte 0xC0 is not valid UTF-8"])
        #expect(messages([0x61, 0xED, 0xA0, 0x80]) == ["1:2: the byte 0xED is not valid UTF-8"])
        #expect(messages([0xF5, 0x80, 0x80, 0x80]) == ["1:1: the byte 0xF5 is not valid UTF-8"])
        #expect(messages([0x61, 0xE2, 0x82]) == ["1:2: the byte 0xE2 is not valid UTF-8"])
        #expect(messages("a: \u{0}") == ["1:4: the character U+0000 is not allowed in YAML"])
        #expect(messages("é: \u{1B}[31m") == ["1:4: the character U+001B is not allowed in YAML"])
    }

    @Test("control characters written as escapes do not reach the terminal")
    func escapes() {
        let text = complaint(about: #"nodes: {a: {uses: "\e[31mred\a\x9B", "\u202Ex": 1}}"#)
        #expect(!text.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x07 || $0.value == 0x9B })
        #expect(text.contains("there is no kind of node `\u{FFFD}[31mred\u{FFFD}\u{FFFD}`"))
    }

    @Test("a recipe cut off anywhere, and one with any byte changed, gives a recipe or a diagnostic")
    func truncation() {
        let whole = Array(ElaborationTests.everything.utf8)
        #expect(messages(whole) == [])
        for length in 0..<whole.count { _ = messages(Array(whole[..<length])) }
        for i in whole.indices {
            for byte in [UInt8(ascii: "$"), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: "\n"), 0xFF] {
                var changed = whole
                changed[i] = byte
                _ = messages(changed)
            }
        }
    }
}

extension DiagnosticRenderer {
    fileprivate static func line(_ location: Graph.SourceLocation) -> String {
        location.line > 0 ? "\(location.line):\(location.column): " : ""
    }
}

extension ElaborationTests {
    /// A recipe with a little of everything.
    static let everything = """
        recipe: everything
        description: >-
          A little of all.
        params: {photo: faces/ada.png, half: 0.5, list: [1, "2"]}
        axes:
          style: [ink, 'neon', &g gold]
          seed: {from: 1, to: 3}
        zip: [[style, seed]]
        exclude: [{style: *g}]
        include:
          - {style: *g, seed: 9}
        nodes:
          words: {uses: caption, text: "${style}, $$5"}
          model: {uses: load_model, path: models, adapters: [{file: n.txt, scale: 2}]}
          picture:
            uses: paint
            model: $model
            caption: $words
            seed: ${seed}
          n: {uses: constant, value: 1.5}
          m: {uses: mean, of: [$n, $n], weights: [1, "${half}"]}
          t: {uses: table, numbers: [$m], rows: seed}
          score: {uses: compare, image: $picture, baseline: "${photo}"}
          first: {uses: compare, image: "$picture[style=ink, seed=1]"}
        outputs:
          "${style}-${seed}.png": $picture
          scores.csv: $score[*]
          t.txt: $t
          first.json: $first
        expect:
          - $score.max_abs <= ${half}
        """
}
