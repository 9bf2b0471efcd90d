import Graph

/// The names that a command line may say of a recipe.
public struct RecipeVocabulary: Sendable {
    /// Params and then axes.
    public let settable: [SettableName]
    /// As declared.
    public let nodes: [String]
}

extension RecipeLoader {
    /// Nothing where the recipe cannot be read at all.
    public func vocabulary(of file: String) -> RecipeVocabulary {
        let diagnostics = DiagnosticCollector()
        let index = FileIndex(files)
        let resolver = IncludeResolver(index: index, diagnostics: diagnostics)
        guard let document = resolver.resolve(file) else { return RecipeVocabulary(settable: [], nodes: []) }
        let listed = ListedValues(files: index, sources: resolver.sources, diagnostics: diagnostics)
        let space = sweep(document, settings: [], scope: Scope(), listed: listed, diagnostics: diagnostics).space
        var uses = InsertedNames(registry: registry)
        uses.find(in: document)
        let params = document.params.sorted { $0.name.text < $1.name.text }.map { param in
            var name = uses[param.name.text]
            if case .scalar(let scalar) = param.value.content, case .bool = scalar.value {
                name.offer(["false", "true"])
            }
            return name
        }
        let axes = space.axes.map { axis in
            var name = uses[axis.name]
            // Paths in a recipe start from its folder, and those of a command line do not.
            if !name.takesFile { name.words = axis.values.map(\.value.description) }
            return name
        }
        return RecipeVocabulary(settable: params + axes, nodes: document.nodes.map(\.name.text))
    }
}
