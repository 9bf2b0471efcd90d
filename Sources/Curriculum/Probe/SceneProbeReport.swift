import Imaging
import Tensors
import World

/// How often a probe reads pictures right that it was not trained on.
public struct SceneProbeReport: Hashable, Sendable {
    /// Of each factor, the share of the pictures that show it: 0...1.
    public let accuracy: [SceneFactor: Double]

    /// The mean over the factors.
    public var mean: Double { accuracy.values.reduce(0, +) / Double(max(1, accuracy.count)) }

    public init(_ probe: SceneProbe, on pictures: WorldDataset) {
        var (right, shown) = ([SceneFactor: Int](), [SceneFactor: Int]())
        for index in 0..<pictures.count {
            let picture = pictures[index]
            for reading in probe([picture.bitmap]) {
                for factor in SceneFactor.allCases {
                    guard let value = factor.index(in: picture.scene) else { continue }
                    shown[factor, default: 0] += 1
                    if reading[factor] == factor.values[value] { right[factor, default: 0] += 1 }
                }
            }
        }
        accuracy = Dictionary(
            uniqueKeysWithValues: shown.map { ($0, Double(right[$0, default: 0]) / Double($1)) }
        )
    }
}

extension SceneProbeReport: CustomStringConvertible {
    public var description: String {
        SceneFactor.allCases.compactMap { factor in
            accuracy[factor].map { "\(factor.rawValue) \(($0 * 1000).rounded() / 10) %" }
        }.joined(separator: ", ")
    }
}
