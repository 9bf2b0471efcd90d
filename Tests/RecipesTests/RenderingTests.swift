import EngineTestSupport
import Graph
import Recipes
import Testing

/// The forms in which diagnostics are shown.
struct RenderingTests {
    private func failure(_ recipe: String) throws -> RecipeError {
        do {
            _ = try load(recipe)
        } catch let error as RecipeError {
            return error
        }
        throw ExpectedFailure()
    }

    private struct ExpectedFailure: Error {}

    static let recipe = """
        nodes:
          words: {uses: caption, text: a}
          score: {uses: compare, image: $words}
        outputs: {score.json: $score}
        """

    @Test("JSON, one object a line")
    func json() throws {
        let error = try failure(Self.recipe)
        #expect(
            DiagnosticRenderer(sources: error.sources).json(error.diagnostics) == #"""
                {"column": 33, "event": "diagnostic", "file": "recipe.yaml", "hint": "`load_image` or `paint` makes an image", "length": 6, "line": 3, "message": "`image` of `compare` needs an image, but `words` makes text", "notes": [{"column": 3, "file": "recipe.yaml", "length": 5, "line": 2, "message": "`words` is declared here"}], "severity": "error"}

                """#
        )
        let odd = Diagnostic(
            .warning,
            "a \"b\"\n\\\u{1}",
            at: Graph.SourceLocation(file: "--set x", line: 0, column: 0)
        )
        #expect(
            DiagnosticRenderer(sources: RecipeSources()).json([odd]) == #"""
                {"event": "diagnostic", "file": "--set x", "message": "a \"b\"\n\\\u0001", "notes": [], "severity": "warning"}

                """#
        )
    }

    @Test("GitHub's workflow commands")
    func gitHub() throws {
        let error = try failure(Self.recipe)
        #expect(
            DiagnosticRenderer(sources: error.sources).github(error.diagnostics) == """
                ::error file=recipe.yaml,line=3,col=33,endColumn=39::`image` of `compare` needs an image, but `words` \
                makes text%0Arecipe.yaml:2:3: `words` is declared here%0Ahint: `load_image` or `paint` makes an image

                """
        )
        let odd = Diagnostic(.warning, "50%\r\n", at: Graph.SourceLocation(file: "a,b:c%.yaml", line: 0, column: 0))
        #expect(
            DiagnosticRenderer(sources: RecipeSources()).github([odd])
                == "::warning file=a%2Cb%3Ac%25.yaml::50%25%0D%0A\n"
        )
    }

    @Test("colours")
    func colours() throws {
        let error = try failure(Self.recipe)
        let escape = "\u{1B}["
        #expect(
            DiagnosticRenderer(sources: error.sources, colour: true).text(error.diagnostics) == """
                \(escape)1mrecipe.yaml:3:33:\(escape)0m \(escape)1;31merror:\(escape)0m \
                \(escape)1m`image` of `compare` needs an image, but `words` makes text\(escape)0m
                3 |   score: {uses: compare, image: $words}
                  |                                 \(escape)1;32m^^^^^^\(escape)0m
                \(escape)1mrecipe.yaml:2:3:\(escape)0m \(escape)1;36mnote:\(escape)0m `words` is declared here
                \(escape)1;32mhint:\(escape)0m `load_image` or `paint` makes an image

                """
        )
    }

    @Test("what a problem quotes cannot speak to the terminal")
    func controlCharacters() {
        let evil = Diagnostic(
            .error,
            "`n[x=\u{1B}[2J]` failed:\nso\u{202E}\u{61C}",
            at: Graph.SourceLocation(file: "a.yaml", line: 0, column: 0),
            notes: [Diagnostic.Note("\u{9B}1m", at: Graph.SourceLocation(file: "b", line: 0, column: 0))],
            hint: "\u{7}"
        )
        #expect(
            DiagnosticRenderer(sources: RecipeSources()).text([evil]) == #"""
                a.yaml: error: `n[x=\u001B[2J]` failed:
                so\u202E\u061C
                b: note: \u009B1m
                hint: \u0007

                """#
        )
    }

    @Test("the caret stands under what is wrong, whatever is before it")
    func alignment() {
        #expect(
            complaint(about: "params: {é: 1, 漢字: 2}").contains(
                """
                recipe.yaml:1:10: error: `é` cannot name a param
                1 | params: {é: 1, 漢字: 2}
                  |          ^
                """
            )
        )
        #expect(
            complaint(about: "nodes: {a: {uses: caption, text: \"漢字 é 🙂 ${b}\"}}")
                == """
                recipe.yaml:1:42: error: there is no param or axis `b`
                1 | nodes: {a: {uses: caption, text: "漢字 é 🙂 ${b}"}}
                  |                                             ^^^^
                """
        )
        #expect(
            complaint(about: "nodes: {a: {uses: caption,\ttext: 5}}")
                == "recipe.yaml:1:34: error: `text` of `caption` needs text, but 5 is an integer\n"
                + "1 | nodes: {a: {uses: caption,\ttext: 5}}\n  |                           \t      ^\n"
                + "hint: put it in quotes: \"5\""
        )
    }

    @Test("a long line is shown in part")
    func longLine() {
        let words = String(repeating: "x", count: 300)
        #expect(
            complaint(about: "nodes: {a: {uses: caption, text: \(words), colour: 5, help: \(words)}}")
                .split(separator: "\n").prefix(3).joined(separator: "\n")
                    == """
                    recipe.yaml:1:336: error: `caption` has no `colour`
                    1 | …\(words.prefix(78)), colour: 5, help: \(words.prefix(63))…
                      |  \(String(repeating: " ", count: 80))^^^^^^
                    """
        )
    }
}
