import EngineTestSupport
import Foundation
import Testing

/// docs/REGRESSION.md from top to bottom, as who reads it would do it.
struct RegressionPageTests {
    @Test func everyCommandRuns() throws {
        let test = try CommandTest()
        let text = try String(contentsOfFile: "\(projectFolder)/docs/REGRESSION.md", encoding: .utf8)
        let recipe = text.components(separatedBy: "```yaml\n")[1].components(separatedBy: "```")[0]
        try test.folder.write(recipe, to: "recipes/gate.yaml")
        let commands = text.split(separator: "\n").filter { $0.hasPrefix("    pulid-run ") }
        #expect(commands.count >= 15)
        for command in commands {
            let status = command.firstMatch(of: /# status (\d+)$/).flatMap { Int32($0.1) } ?? 0
            let result = try test.shell(
                "\"$PULID_RUN\"" + command.dropFirst("    pulid-run".count),
                environment: ["PULID_CACHE": test.folder("cache")]
            )
            #expect(result.status == status, "\(command): \(result.stdout)\(result.stderr)")
            if command.contains("--ci --set \"extra"), status == 1 {
                #expect(result.stderr.contains("2 pictures changed by prompt.text: "), "\(result.stderr)")
                #expect(
                    result.stderr.contains(
                        "  to accept: pulid-run approve recipes/gate.yaml --set 'extra=, with a hat' --only 'image[style="
                    )
                )
            }
        }
    }
}
