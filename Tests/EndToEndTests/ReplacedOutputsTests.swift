import EngineTestSupport
import Foundation
import Testing

/// Tables and sheets that a run makes smaller, or that another recipe wrote, are not replaced without a word.
struct ReplacedOutputsTests {
    private let recipe = """
        recipe: cast
        axes: {style: [photo, neon, poster], seed: {from: 1, to: 2}}
        nodes:
          picture: {uses: draw_face, seed: "${seed}", style: "${style}", size: 32}
          sheet:   {uses: contact_sheet, images: "$picture[style=*]", columns: style}
          plain:   {uses: draw_face, seed: "${seed}", style: photo, size: 32}
          score:   {uses: compare, image: $picture, baseline: $plain}
        outputs: {"sheet-${seed}.png": $sheet, scores.csv: "$score[*]", "${style}-${seed}.png": $picture}

        """

    private func test() throws -> CommandTest {
        let test = try CommandTest()
        try test.folder.write(recipe, to: "cast.yaml")
        return test
    }

    private func warnings(_ result: CommandTest.Result) -> [String] {
        result.stderr.split(separator: "\n").filter { $0.contains("warning: ") }.map(String.init)
    }

    @Test func aNarrowedAxis() throws {
        let test = try test()
        #expect(warnings(try test.run("cast.yaml")) == [])
        let narrow = try test.run("cast.yaml", "--set", "style=neon")
        #expect(
            warnings(narrow) == [
                "warning: `style` has 1 of its 3 values, so that out/cast/scores.csv (6 rows, then 2) and 2 others will hold less "
                    + "than now; --out DIR writes elsewhere, and a run as before brings all back from the cache"
            ]
        )
        #expect(narrow.status == 0)
        // What is small already does not get smaller.
        #expect(warnings(try test.run("cast.yaml", "--set", "style=neon")) == [])
        let whole = try test.run("cast.yaml")
        #expect(warnings(whole) == [] && test.summary(whole).hasPrefix("0 ran"), "\(whole.stderr)")
        #expect(warnings(try test.run("cast.yaml", "--set", "style=neon", "--out", "elsewhere")) == [])
        try test.edit("cast.yaml") { $0.replacing("to: 2", with: "to: 1") }
        #expect(
            warnings(try test.run("cast.yaml")).first?.hasPrefix(
                "warning: the recipe has fewer cells than before, so that out/cast/scores.csv (6 rows, then 3) will hold less"
            ) == true
        )
    }

    @Test func anotherRecipeOfTheSameName() throws {
        let test = try test()
        _ = try test.run("cast.yaml")
        try test.folder.write(recipe.replacing("size: 32", with: "size: 40"), to: "cast-2.yaml")
        let other = try test.run("cast-2.yaml")
        #expect(
            warnings(other) == [
                "warning: out/cast/scores.csv is what the recipe \(test.folder("cast.yaml")) wrote: this one writes to the "
                    + "same folder; give it another name (`recipe:`), or another folder (--out)"
            ]
        )
        #expect(warnings(try test.run("cast-2.yaml")) == [])
    }

    @Test func aMisspeltValue() throws {
        let test = try test()
        let run = try test.run("check", "cast.yaml", "--set", "style=noen")
        let message = "--set style=noen: warning: the recipe gives `style` no value `noen`\nhint: did you mean `neon`?"
        #expect(run.stderr.contains(message), "\(run.stderr)")
        #expect(!(try test.run("check", "cast.yaml", "--set", "style=oil")).stderr.contains("warning"))
    }
}
