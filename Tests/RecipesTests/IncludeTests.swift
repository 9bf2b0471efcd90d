import Graph
import Recipes
import Testing

/// Recipes made of several files.
struct IncludeTests {
    static let base = """
        recipe: ignored
        params: {greeting: hello}
        axes: {style: [ink, neon]}
        nodes:
          words: {uses: caption, text: "${greeting} ${style}"}
          spare: {uses: constant, value: 1}
        outputs: {"words-${style}.txt": $words}
        """

    @Test("what a file includes comes first, and names are shared")
    func merge() throws {
        let recipe = try load(
            """
            recipe: whole
            include:
              - lib/base.yaml
              - {style: gold, seed: 5}
            axes: {seed: [1, 2]}
            exclude: [{style: neon, seed: 2}]
            nodes:
              picture: {uses: paint, caption: $words, seed: "${seed}"}
            outputs: {"${style}-${seed}.png": $picture}
            """,
            files: ["lib/base.yaml": Self.base]
        )
        #expect(recipe.graph.name == "whole")
        #expect(
            recipe.outputPaths == [
                "words-ink.txt", "words-neon.txt", "words-gold.txt", "ink-1.png", "ink-2.png", "neon-1.png",
                "gold-5.png",
            ]
        )
        // A library may offer nodes that this recipe does not need.
        #expect(recipe.diagnostics == [])
        #expect(recipe.graph.instances[0].location.file == "lib/base.yaml")
    }

    @Test("a file that two others include is read once")
    func diamond() throws {
        let recipe = try load(
            "include: [a.yaml, b.yaml]\noutputs: {both.txt: $both}",
            files: [
                "a.yaml": "include: [lib/base.yaml]\nnodes: {a: {uses: constant, value: 1}}",
                "b.yaml": "include: [./lib/../lib/base.yaml]\nnodes: {both: {uses: shift, input: $a}}",
                "lib/base.yaml": Self.base,
            ]
        )
        #expect(recipe.outputPaths == ["words-ink.txt", "words-neon.txt", "both.txt"])
        #expect(recipe.graph.name == "recipe")
    }

    @Test("includes that go too deep are refused")
    func depth() {
        var files: [String: String] = [:]
        for i in 0..<30 { files["\(i).yaml"] = "include: [\(i + 1).yaml]" }
        #expect(
            complaint(about: "include: [0.yaml]", files: files) == """
                14.yaml:1:11: error: recipes include each other more than 16 deep
                1 | include: [15.yaml]
                  |           ^^^^^^^
                """
        )
    }

    @Test("files that cannot be recipes")
    func unreadable() {
        #expect(
            complaint(about: "include: [faces, faces/eda.png]") == """
                recipe.yaml:1:11: error: `faces` is a folder, not a recipe
                1 | include: [faces, faces/eda.png]
                  |           ^^^^^

                recipe.yaml:1:18: error: there is no recipe `faces/eda.png`
                1 | include: [faces, faces/eda.png]
                  |                  ^^^^^^^^^^^^^
                hint: did you mean `faces/ada.png`?
                """
        )
        let loader = RecipeLoader(registry: .toys, files: MemoryFiles(["recipes/sweep.yaml": ""]))
        #expect {
            try loader.load(file: "recipes/sweap.yaml", settings: [])
        } throws: { error in
            "\(error)" == """
                recipes/sweap.yaml: error: there is no such file
                hint: did you mean `recipes/sweep.yaml`?

                """
        }
    }
}
