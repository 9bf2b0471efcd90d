import EngineTestSupport
import Foundation
import Testing

/// docs/COOKBOOK.md from top to bottom, as who reads it would do it.
struct CookbookTests {
    @Test func everyCommandRuns() throws {
        let test = try CommandTest()
        let text = try String(contentsOfFile: "\(projectFolder)/docs/COOKBOOK.md", encoding: .utf8)
        let recipes = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        for recipe in recipes {
            let name = try #require(recipe.firstMatch(of: /recipe: (\S+)/)).1
            try test.folder.write(recipe, to: "recipes/\(name).yaml")
        }
        let commands = text.split(separator: "\n").filter { $0.hasPrefix("    pulid-run ") }
        #expect(recipes.count >= 4 && commands.count >= 15)
        for command in commands {
            let result = try test.shell("\"$PULID_RUN\"" + command.dropFirst("    pulid-run".count))
            #expect(result.status == 0, "\(command): \(result.stderr)")
        }
    }
}
