import Curriculum
import Graph
import Imaging

extension EvaluationMetric: ParameterChoice {}

/// What a model gives up for what it gains.
struct PlotEvaluations: Node {
    static let version = 2
    static let help = "Draws evaluations as points over two of their measures."

    @Input("the evaluations") var evaluations: AnyNumber<EvaluationArtifact>
    @Parameter("what the points are called, in the same order") var names: [String] = []
    @Parameter("to the right") var horizontal: EvaluationMetric = .faceSimilarity
    @Parameter("upward") var vertical: EvaluationMetric = .promptAgreement

    func run(_ context: RunContext) throws -> ImageArtifact {
        let series = evaluations.items.enumerated().map { i, evaluation in
            let (x, y) = (evaluation.report.estimate(horizontal), evaluation.report.estimate(vertical))
            let points = x.flatMap { x in y.map { [Point(x.mean, $0.mean)] } } ?? []
            return Plot.Series(i < names.count ? names[i] : "evaluation \(i + 1)", points, isLine: false)
        }
        let plot = Plot(horizontal: horizontal.rawValue, vertical: vertical.rawValue, series: series)
        return ImageArtifact(plot.render())
    }
}
