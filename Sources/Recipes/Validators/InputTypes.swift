import Graph

/// An input must be given what it takes: an image where it takes an image.
struct InputTypes {
    let recipe: CompiledRecipe

    /// Whether the node read makes what the port takes; reports it if not.
    func check(_ source: Source, for port: NodeSchema.Input, owner: String, reader: Int) -> Bool {
        let read = recipe.nodes[source.node]
        guard let output = read.schema?.output else { return true }
        guard ObjectIdentifier(output) != ObjectIdentifier(port.artifact), port.artifact != AnyArtifact.self else {
            return true
        }
        recipe.diagnostics.error(
            "\(owner) needs \(noun(port.artifact.kind)), but \(code(read.name)) makes \(noun(output.kind))",
            at: source.location,
            notes: [Diagnostic.Note("\(code(read.name)) is declared here", at: read.location)],
            hint: suggestion(for: port, near: read.name, reader: reader)
        )
        return false
    }

    /// Names a node of the recipe that makes the right kind, or else the kinds of node that do.
    func suggestion(for port: NodeSchema.Input, near name: String?, reader: Int?) -> String? {
        let reader = reader.map { recipe.nodes[$0].name }
        var match = name.flatMap {
            recipe.diagnostics.nearMatch(to: $0, among: recipe.makers[ObjectIdentifier(port.artifact)] ?? [])
        }
        if match == reader { match = nil }
        return (match ?? maker(of: port.artifact, besides: reader)).map { "did you mean \(code("$" + $0))?" }
            ?? kinds(making: port.artifact)
    }

    /// The first node declared that makes `artifact`.
    func maker(of artifact: any Artifact.Type, besides reader: String?) -> String? {
        recipe.makers[ObjectIdentifier(artifact)]?.first { $0 != reader }
    }

    func kinds(making artifact: any Artifact.Type) -> String? {
        let kinds = recipe.registry.all.filter { ObjectIdentifier($0.output) == ObjectIdentifier(artifact) }.map(\.name)
        guard !kinds.isEmpty else { return nil }
        return "\(enumeration(kinds.prefix(4).map(code), "or")) makes \(noun(artifact.kind))"
    }
}
