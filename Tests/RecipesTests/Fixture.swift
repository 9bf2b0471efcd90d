import EngineTestSupport
import Graph
import Recipes
import Testing

/// What lies beside the recipes of these tests.
let standardFiles = [
    "faces/ada.png": "x", "faces/bob.png": "x", "models/tiny.bin": "w", "n.txt": "1",
]

/// Reads `recipe.yaml` with the toy nodes.
func load(
    _ recipe: String,
    settings: [String] = [],
    files: [String: String] = [:],
    limits: SweepLimits = SweepLimits()
) throws -> LoadedRecipe {
    let all = standardFiles.merging(files) { $1 }.merging(["recipe.yaml": recipe]) { $1 }
    let loader = RecipeLoader(registry: .toys, files: MemoryFiles(all), limits: limits)
    return try loader.load(file: "recipe.yaml", settings: settings)
}

/// Everything a broken recipe gives on stderr, with the newline at its end left out.
func complaint(
    about recipe: String,
    settings: [String] = [],
    files: [String: String] = [:],
    limits: SweepLimits = SweepLimits()
) -> String {
    do {
        let loaded = try load(recipe, settings: settings, files: files, limits: limits)
        return "no error; warnings: \(DiagnosticRenderer(sources: loaded.sources).text(loaded.diagnostics))"
    } catch let error as RecipeError {
        let text = DiagnosticRenderer(sources: error.sources).text(error.diagnostics)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    } catch {
        return "not a RecipeError: \(error)"
    }
}

extension LoadedRecipe {
    /// The titles of all instances of a node, in order.
    func titles(of node: String) -> [String] { graph.instances.filter { $0.node == node }.map(\.title) }

    func values(of parameter: String, in node: String) -> [Value?] {
        graph.instances.filter { $0.node == node }.map { $0.parameters[parameter] }
    }

    /// For each instance of `node`, the titles of what a port is given.
    func inputs(_ port: String, of node: String) -> [[String]] {
        graph.instances.filter { $0.node == node }.map { ($0.inputs[port] ?? []).map { graph.instances[$0].title } }
    }

    var outputPaths: [String] { graph.outputs.map(\.path) }
}
