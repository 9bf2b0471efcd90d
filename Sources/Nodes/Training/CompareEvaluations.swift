import Graph

/// The table of a report.
struct CompareEvaluations: Node {
    static let version = 2
    static let help = "Puts evaluations side by side in a table, with intervals of 95 %."

    @Input("the evaluations") var evaluations: AnyNumber<EvaluationArtifact>
    @Parameter("what the rows are called, in the same order") var names: [String] = []

    func run(_ context: RunContext) throws -> EvaluationTable {
        EvaluationTable(
            evaluations.items.enumerated().map { i, evaluation in
                EvaluationTable.Row(
                    name: i < names.count ? names[i] : "evaluation \(i + 1)",
                    report: evaluation.report
                )
            }
        )
    }
}
