import EngineTestSupport
import Foundation
import Testing

/// README.md and docs/COOKBOOK.md from top to bottom, as who reads them would do it.
struct CookbookTests {
    @Test func everyCommandRuns() throws {
        let page = try Page("docs/COOKBOOK.md")
        let test = try CommandTest()
        for recipe in page.recipes {
            let name = try #require(recipe.firstMatch(of: /recipe: (\S+)/)).1
            try test.folder.write(recipe, to: "recipes/\(name).yaml")
        }
        #expect(page.recipes.count >= 4 && page.commands.count >= 15)
        try page.run(in: test)
    }

    @Test func theReadmeRuns() throws {
        let page = try Page("README.md")
        let test = try CommandTest()
        try test.folder.write(#require(page.recipes.first), to: "first.yaml")
        let first = try test.run("first.yaml")
        #expect(test.summary(first).hasSuffix(", 9 written"), "\(first.stderr)")
        #expect(page.commands.count >= 9)
        try page.run(in: test)
    }

    /// Each line with what it does beside it.
    @Test func theShardsOfTheScalePageRun() throws {
        let test = try CommandTest()
        let commands = try Page("docs/SCALE.md").commands.filter { $0.contains("recipes/style-sweep.yaml") }.map {
            $0.dropFirst("    pulid-run".count).components(separatedBy: "  ")[0]
        }
        #expect(commands.count == 4)
        var last: CommandTest.Result?
        for command in commands {
            let result = try test.shell("\"$PULID_RUN\"" + command)
            #expect(result.status == 0, "\(command): \(result.stderr)")
            last = result
        }
        let result = try #require(last)
        #expect(test.executed(result).count < 64)
        #expect(test.summary(result).hasSuffix(", 20 written"), "\(result.stderr)")
    }

    private struct Page {
        let recipes: [String]
        let commands: [Substring]

        init(_ path: String) throws {
            let text = try String(contentsOfFile: "\(projectFolder)/\(path)", encoding: .utf8)
            recipes = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
            commands = text.split(separator: "\n").filter { $0.hasPrefix("    pulid-run ") }
        }

        func run(in test: CommandTest) throws {
            for command in commands {
                let result = try test.shell("\"$PULID_RUN\"" + command.dropFirst("    pulid-run".count))
                #expect(result.status == 0, "\(command): \(result.stderr)")
            }
        }
    }
}
