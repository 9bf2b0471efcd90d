import EngineTestSupport
import Graph
import Recipes
import Runner
import Testing

@Suite struct DrawingTests {
    private func drawing() throws -> GraphDrawing {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            recipe: a "test"
            axes:
              x: [1, 2]
            nodes:
              base: {uses: constant, value: 3}
              scaled: {uses: scale, input: $base, factor: "${x}"}
              list: {uses: table, numbers: "$scaled[*]"}
              spare: {uses: scale, input: $base}
            outputs:
              list.txt: $list
            """,
            to: "test.yaml"
        )
        let recipe = try RecipeLoader(registry: .toys).load(file: file, settings: [])
        return GraphDrawing(recipe.outline, name: recipe.graph.name)
    }

    @Test func dot() throws {
        #expect(
            try drawing().dot == #"""
                digraph "a \"test\"" {
                  rankdir=LR;
                  node [shape=box];
                  n0 [label="base\nconstant"];
                  n1 [label="scaled\nscale x2"];
                  n2 [label="spare\nscale", style=dashed];
                  n3 [label="list\ntable", style=bold];
                  n0 -> n1 [label="input"];
                  n0 -> n2 [label="input"];
                  n1 -> n3 [label="numbers[*]"];
                }

                """#
        )
    }

    @Test func mermaid() throws {
        #expect(
            try drawing().mermaid == """
                flowchart LR
                  n0["base<br>constant"]
                  n1["scaled<br>scale x2"]
                  n2["spare<br>scale"]
                  n3(["list<br>table"])
                  n0 -->|"input"| n1
                  n0 -->|"input"| n2
                  n1 -->|"numbers[*]"| n3
                  classDef unneeded stroke-dasharray: 4 4
                  class n2 unneeded

                """
        )
    }
}
