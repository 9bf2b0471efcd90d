import EngineTestSupport
import Foundation
import Testing

/// What the documents show is true.
struct DocumentationTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(projectFolder)/\(path)", encoding: .utf8)
    }

    @Test func generatedDocumentsAreFresh() throws {
        let test = try CommandTest()
        #expect(try test.run("nodes", "--markdown").stdout == text("docs/NODES.md"), "run make docs")
        #expect(try test.run("schema").stdout == text("docs/recipe.schema.json"), "run make docs")
    }

    /// Every yaml block of docs/RECIPES.md, as if it lay in recipes/.
    @Test func recipesInTheDocumentsAreValid() throws {
        let test = try CommandTest()
        let blocks = try text("docs/RECIPES.md").components(separatedBy: "```yaml\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
        #expect(!blocks.isEmpty)
        for (index, block) in blocks.enumerated() {
            try test.folder.write(block, to: "recipes/block-\(index).yaml")
            let result = try test.run("check", "recipes/block-\(index).yaml")
            #expect(result.status == 0, "block \(index):\n\(block)\n\(result.stderr)")
        }
    }

    @Test func everyNodeFileIsInTheList() throws {
        let folder = "\(projectFolder)/Sources/Nodes"
        let list = try text("Sources/Nodes/BuiltinNodes.swift")
        let nodes = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
            .compactMap { file -> String? in
                let source = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
                guard let match = source.firstMatch(of: /struct (\w+): Node \{/) else { return nil }
                return String(match.1)
            }
        #expect(nodes.count >= 26)
        for node in nodes { #expect(list.contains("\(node).self"), "\(node) is not in BuiltinNodes.swift") }
    }
}
