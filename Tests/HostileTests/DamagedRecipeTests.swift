import EngineTestSupport
import Foundation
import Recipes
import Testing

/// Recipes with lost, repeated and altered parts: diagnostics that can be shown, or a recipe.
@Suite struct DamagedRecipeTests {
    static let recipe = """
        recipe: everything
        params: {photo: a.png, half: 0.5, list: [1, "2"]}
        axes:
          style: [ink, 'neon', &g gold]
          seed: {from: 1, to: 3}
        exclude: [{style: *g}]
        include: [{style: *g, seed: 9}]
        nodes:
          words: {uses: caption, text: "${style}, $$5"}
          n: {uses: constant, value: 1.5}
          m: {uses: mean, of: [$n, $n], weights: [1, "${half}"]}
          t: {uses: table, numbers: [$m], rows: seed}
        outputs:
          "${style}-${seed}.txt": $words
          t.txt: $t
        expect:
          - $m.value <= ${half}
        """

    @Test func recipes() throws {
        let folder = try TemporaryFolder()
        var refused = 0
        for bytes in Damage(whole: Array(Self.recipe.utf8), copies: 1500, seed: 71) {
            let path = try folder.write(bytes, to: "recipe.yaml")
            do {
                _ = try RecipeLoader(registry: .toys).load(file: path, settings: [])
            } catch let error as RecipeError {
                let text = DiagnosticRenderer(sources: error.sources).text(error.diagnostics)
                #expect(text.contains("recipe.yaml"))
                refused += 1
            }
        }
        #expect(refused > 500)
    }
}
