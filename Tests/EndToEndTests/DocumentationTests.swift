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

    /// The schema that editors check recipes by, against what the program itself takes.
    @Test func recipesAreAsTheirSchemaSays() throws {
        let check = try SchemaCheck(schema: text("docs/recipe.schema.json"))
        let recipes = "\(projectFolder)/recipes"
        let files = try FileManager.default.subpathsOfDirectory(atPath: recipes).filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 8)
        for file in files {
            let yaml = try text("recipes/\(file)")
            let problems = check.problems(try YAMLDocument(yaml).json)
            #expect(problems.isEmpty, "\(file): \(problems)")
            let up = file.contains("/") ? "../.." : ".."
            #expect(yaml.hasPrefix("# yaml-language-server: $schema=\(up)/docs/recipe.schema.json\n"), "\(file)")
        }
        for page in ["docs/RECIPES.md", "docs/COOKBOOK.md"] {
            let blocks = try text(page).components(separatedBy: "```yaml\n").dropFirst()
            for block in blocks.map({ $0.components(separatedBy: "```")[0] }) {
                let problems = check.problems(try YAMLDocument(block).json)
                #expect(problems.isEmpty, "\(problems): \(block)")
            }
        }
        for wrong in [
            "nodes: {a: {uses: sampel}}", "recipe: 7", "node: {}", "axes: {x: {file: \"*.png\"}}",
            "axes: {x: {from: 1}}",
            "nodes: {a: {uses: decode, latent: $l, model: $m, tiles: 3}}",
            "nodes: {a: {uses: draw_face, seed: 1, size: big}}",
        ] { #expect(check.problems(try YAMLDocument(wrong).json) != [], "\(wrong)") }
    }

    /// Whatever a run may say: results, a failure, what rests on it, an expectation, a diagnostic.
    @Test func eventsAreAsTheirSchemaSays() throws {
        let test = try CommandTest()
        try test.folder.write(
            """
            axes: {seed: [1, 2]}
            nodes:
              picture: {uses: draw_face, seed: "${seed}", size: 16}
              same:    {uses: compare, image: $picture, baseline: $picture}
              lost:    {uses: load_image, file: lost.png}
              worse:   {uses: compare, image: $lost, baseline: $picture}
            outputs: {"${seed}.png": $picture, scores.csv: "$same[*]", worse.csv: "$worse[*]"}
            expect: [$same.max_abs > 0.9]

            """,
            to: "all.yaml"
        )
        try test.folder.write("no picture", to: "lost.png")
        let check = try SchemaCheck(schema: text("docs/events.schema.json"))
        let first = try test.run("all.yaml", "--format", "json", "--keep-going", "-v")
        let again = try test.run("all.yaml", "--format", "json", "--keep-going")
        let wrong = try test.run("all.yaml", "--format", "json", "--set", "sede=1")
        var seen: Set<String> = []
        for line in first.lines + again.lines + wrong.lines {
            #expect(try check.problems(json: line) == [], "\(line)")
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            if let event = object?["event"] as? String { seen.insert(event) }
        }
        #expect(
            seen.isSuperset(of: [
                "planned", "started", "finished", "cached", "failed", "blocked", "output", "expectation", "summary",
                "diagnostic",
            ]),
            "\(seen)"
        )
        #expect(try check.problems(json: #"{"event": "output", "path": 1, "outcome": "lost"}"#) != [])
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
