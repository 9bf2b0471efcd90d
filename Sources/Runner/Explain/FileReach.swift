import Foundation
import Graph
import Recipes

/// What a file reaches in a recipe: whoever reads it, and all that rests on them.
public struct FileReach: Sendable {
    /// How the recipe itself reads a file, before any node does.
    public enum Reading: Hashable, Sendable {
        /// It lists the values of these axes: a text or a table.
        case lists([String])
        /// It is the recipe, or included in it; whatever is written there may come from it.
        case recipe
    }

    /// nil where only nodes read it, or none.
    public let reading: Reading?
    /// `latent[style=neon seed=1]`, fit for a terminal, in the graph's order.
    public let titles: [String]
    /// As seen from the output folder, fit for a terminal.
    public let outputs: [String]

    public init(of file: String, in recipe: LoadedRecipe) {
        let graph = recipe.graph
        var real: [String: String] = [:]
        func resolved(_ path: String) -> String {
            if let known = real[path] { return known }
            let found = URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
            real[path] = found
            return found
        }
        let wanted = resolved(file)
        let source = recipe.sources.texts.keys.first { resolved($0) == wanted }
        let axes = recipe.outline.axes.filter { axis in source.map { axis.files.contains($0) } ?? false }.map(\.name)
        let reading: Reading? = source.map { recipe.recipeFiles.contains($0) ? .recipe : .lists(axes) }
        self.reading = reading
        var isReached = Array(repeating: false, count: graph.instances.count)
        // Inputs come before whoever reads them.
        for (index, instance) in graph.instances.enumerated() {
            isReached[index] =
                reading == .recipe
                || axes.contains { instance.cell[$0] != nil }
                || instance.inputs.values.joined().contains { isReached[$0] }
                || instance.namedPaths.contains { path in
                    let path = resolved(path)
                    return path == wanted || wanted.hasPrefix(path + "/")
                }
        }
        titles = graph.instances.indices.filter { isReached[$0] }.map {
            TerminalText(graph.instances[$0].title).escaped()
        }
        outputs = graph.outputs.filter { output in
            switch output.source {
            case .artifact(let index): isReached[index]
            case .table(let indices): indices.contains { isReached[$0] }
            }
        }
        .map { TerminalText($0.path).escaped() }
    }
}

extension Instance {
    /// The files and folders that its parameters name.
    fileprivate var namedPaths: [String] {
        schema.parameters.flatMap { parameter in
            self.parameter(parameter.name).map { Self.paths($0, parameter.form) } ?? []
        }
    }

    private static func paths(_ value: Value, _ form: ParameterForm) -> [String] {
        switch (form, value) {
        case (.file, .string(let path)), (.path, .string(let path)): [path]
        case (.optional(let form), _) where value != .null: paths(value, form)
        case (.list(let form), .list(let items)): items.flatMap { paths($0, form) }
        case (.map(let form), .map(let map)): map.values.flatMap { paths($0, form) }
        case (.object(let fields), .map(let map)):
            fields.flatMap { field in map[field.name].map { paths($0, field.form) } ?? [] }
        case (.oneOf(let forms), _): ParameterForm.taken(by: value, among: forms).map { paths(value, $0) } ?? []
        default: []
        }
    }
}
