import Imaging
import Tensors
import World

/// What a probe sees in one picture.
public struct SceneReading: Sendable {
    /// For each factor, how likely each of its `values` is; they add up to 1.
    public let probabilities: [SceneFactor: [Float]]
    /// Of length 1: pictures that look alike have a large product.
    public let features: [Float]

    /// The likeliest value of a factor, in the vocabulary's words.
    public subscript(factor: SceneFactor) -> String {
        let likely = probabilities[factor] ?? []
        let best = likely.indices.max { (likely[$0], $1) < (likely[$1], $0) }
        return best.map { factor.values[$0] } ?? ""
    }

    /// Of the factors that a description names, those that are read as named.
    public func agreeing(with description: SceneDescription) -> Set<SceneFactor> {
        Set(SceneFactor.allCases.filter { description[$0] != nil && description[$0] == self[$0] })
    }

    /// How alike two pictures look, the cosine of their features: -1...1.
    public func similarity(to other: SceneReading) -> Float {
        cosine(features, other.features)
    }
}

extension SceneProbe {
    /// - Parameter pictures: (B, 3, 64, 64) in -1...1
    /// - Returns: of each picture
    public func callAsFunction(_ pictures: Tensor) -> [SceneReading] {
        let map = map(pictures)
        let (likely, directions) = (logits(map).map { ($0.factor, $0.logits.softmax()) }, features(map))
        return (0..<pictures.shape[0]).map { i in
            SceneReading(
                probabilities: Dictionary(
                    uniqueKeysWithValues: likely.map { ($0, $1.sliced(axis: 0, i..<i + 1).values) }
                ),
                features: directions.sliced(axis: 0, i..<i + 1).values
            )
        }
    }

    /// Pictures of any size; they are brought to 64 x 64 pixels.
    public func callAsFunction(_ pictures: [Bitmap]) -> [SceneReading] {
        pictures.flatMap { picture in
            self(picture.forProbe.signed)
        }
    }

    /// The share of what a prompt names that is read as named: over the factors, and over the pictures; nil if the
    /// prompt names nothing. What CLIP's product of text and picture is for real pictures.
    ///
    /// - Parameter pictures: (B, 3, 64, 64) in -1...1
    public func agreement(with prompt: SceneDescription, _ pictures: Tensor) -> Double? {
        let named = SceneFactor.allCases.count { prompt[$0] != nil }
        guard named > 0, pictures.shape[0] > 0 else { return nil }
        let agreeing = self(pictures).reduce(0) { $0 + $1.agreeing(with: prompt).count }
        return Double(agreeing) / Double(named * pictures.shape[0])
    }
}

extension Bitmap {
    /// In the size that a probe reads.
    var forProbe: Bitmap {
        width == SceneProbe.side && height == SceneProbe.side
            ? self : resized(width: SceneProbe.side, height: SceneProbe.side, by: .area)
    }
}
