import Graph

/// Numbers are compared as they are in the cache: nothing is rounded.
struct CompareTensors: Node {
    static let version = 1
    static let help =
        "Measures the numbers of a result (a latent, a prompt, an identity, ...) against another of its kind."

    @Input("what is measured") var value: AnyArtifact
    @Input("a result of the same kind and shape, such as that of `load_latent`") var baseline: AnyArtifact

    func run(_ context: RunContext) throws -> DifferencesArtifact {
        DifferencesArtifact(try RecordDifferences(between: value.record, and: baseline.record))
    }
}
