import EngineTestSupport
import Graph
import Recipes

/// A recipe, with a few files around it; messages in all their forms.
func readRecipe(_ bytes: [UInt8]) throws { try readRecipe(FewFiles(["r.yaml": bytes])) }

/// The axes of a recipe: the lines of a text, and the columns of a table.
func readAxes(_ bytes: [UInt8]) throws {
    for axis in ["{lines: t}", "{csv: t}", "{csv: t, column: a}"] {
        let name = axis.contains("column") || axis.contains("lines") ? "a" : "table"
        let recipe = """
            axes: {\(name): \(axis)}
            nodes: {n: {uses: caption, text: "${a}"}}
            outputs: {"${a.index}.txt": $n}
            """
        try readRecipe(FewFiles(["r.yaml": Array(recipe.utf8), "t": bytes]))
    }
}

private func readRecipe(_ files: FewFiles) throws {
    do {
        let loaded = try RecipeLoader(registry: .toys, files: files).load(file: "r.yaml", settings: [])
        try check(loaded.diagnostics, loaded.sources)
        for output in loaded.graph.outputs { try require(!output.path.isEmpty, "an output without a name") }
    } catch let error as RecipeError {
        try require(error.diagnostics.contains { $0.severity == .error }, "a recipe refused without a reason")
        try check(error.diagnostics, error.sources)
    }
}

private func check(_ diagnostics: [Diagnostic], _ sources: RecipeSources) throws {
    let renderer = DiagnosticRenderer(sources: sources)
    let text = renderer.text(diagnostics)
    try require(
        !text.utf8.contains { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A || $0 == 0x7F },
        "a control character in a message"
    )
    let lines = renderer.json(diagnostics).split(separator: "\n")
    try require(lines.count == diagnostics.count, "\(lines.count) lines for \(diagnostics.count) messages")
}

private struct FewFiles: RecipeFiles {
    private let contents: [String: [UInt8]]

    init(_ contents: [String: [UInt8]]) { self.contents = contents }

    private static let others = ["faces/ada.png", "faces/bob.png", "models/tiny.bin", "n.txt"]

    var workingFolder: String { "/project" }

    private func relative(_ path: String) -> Substring {
        path.hasPrefix("/project/") ? path.dropFirst("/project/".count) : path[...]
    }

    func kind(of path: String) -> PathKind? {
        let path = relative(path)
        if contents[String(path)] != nil || Self.others.contains(String(path)) { return .file }
        return ["faces", "models"].contains(path) ? .folder : nil
    }

    func names(in folder: String) -> [String] {
        relative(folder) == "faces" ? ["ada.png", "bob.png"] : ["faces", "models", "n.txt", "r.yaml"]
    }

    func canonicalPath(_ path: String) -> String { String(relative(path)) }

    func read(_ path: String, limit: Int) throws(FileReadingError) -> [UInt8] {
        guard let bytes = contents[String(relative(path))] else {
            throw FileReadingError(reason: "No such file or directory")
        }
        return Array(bytes.prefix(limit))
    }
}
