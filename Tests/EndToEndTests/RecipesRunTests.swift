import EngineTestSupport
import Foundation
import Testing

/// Every recipe for the embedded models runs on them and writes what it says.
struct RecipesRunTests {
    static let outputs = [
        "compare-strength": ["scores.csv", "sheet.png"],
        "regression": ["neon.png", "scores.json", "watercolor.png"],
        "seeds": ["sheet.png"]
            + ["ddim", "dpmpp_2m", "euler", "euler_ancestral"].flatMap { sampler in
                (1...6).map { "latents/\(sampler)-\($0).safetensors" }
            },
        "style-sweep": ["scores.csv", "sheet.png"]
            + ["photo", "watercolor", "pixel art", "neon", "pencil sketch", "poster"].flatMap { style in
                (1...3).map { "\(style)-\($0).png" }
            },
        "two-people": ["1.png", "2.png", "3.png", "masks/left.png", "masks/right.png", "sheet.png"],
        "two-photos": ["both.png", "first.png", "identity.safetensors", "second.png"],
    ]

    /// Those that need weights of others: see PortraitTests.
    static let elsewhere: Set = ["portrait"]

    @Test func allAreKnownHere() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: projectFolder + "/recipes")
        let recipes = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
        #expect(Set(recipes) == Set(Self.outputs.keys).union(Self.elsewhere))
    }

    /// They take hours; TrainingTests runs their nodes.
    @Test func trainingsAreInOrder() throws {
        let test = try CommandTest()
        for recipe in try FileManager.default.contentsOfDirectory(atPath: projectFolder + "/recipes/train") {
            let checked = try test.run("check", "recipes/train/\(recipe)")
            #expect(checked.status == 0, "\(checked.stderr)")
        }
    }

    @Test(arguments: outputs.keys.sorted())
    func runsAndThenHasNothingToDo(recipe: String) throws {
        let test = try CommandTest()
        let first = try test.run("recipes/\(recipe).yaml")
        #expect(first.status == 0, "\(first.stderr)")
        #expect(try test.folder.files(under: "out/\(recipe)") == Self.outputs[recipe]?.sorted())

        let second = try test.run("recipes/\(recipe).yaml")
        #expect(second.status == 0)
        #expect(second.stdout == "" || second.stdout.contains("rows"), "\(second.stdout)")
        #expect(test.executed(second) == [])
    }
}
