import Graph
import Imaging

/// How trainings went.
struct PlotLosses: Node {
    static let version = 2
    static let help = "Draws the losses of trainings over their steps."

    @Input("what trainings made") var weights: AnyNumber<WeightsArtifact>
    @Parameter("what the lines are called, in the same order") var names: [String] = []
    @Parameter("points of a line, each the mean of as many steps", in: 2...10_000) var points: Int = 100

    func run(_ context: RunContext) throws -> ImageArtifact {
        let series = weights.items.enumerated().map { i, weights in
            Plot.Series(
                i < names.count ? names[i] : "training \(i + 1)",
                means(of: weights.losses).map { Point($0.fraction, $0.mean) }
            )
        }
        let plot = Plot(horizontal: "part of the steps", vertical: "loss", isLogarithmic: true, series: series)
        return ImageArtifact(plot.render())
    }

    private func means(of losses: [Float]) -> [(fraction: Double, mean: Double)] {
        let count = min(points, losses.count)
        return (0..<count).map { i in
            let steps = losses.count * i / count..<losses.count * (i + 1) / count
            let mean = losses[steps].reduce(0) { $0 + Double($1) } / Double(steps.count)
            return ((Double(i) + 0.5) / Double(count), mean)
        }
    }
}
