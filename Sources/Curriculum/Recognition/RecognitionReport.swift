import Imaging
import Tensors
import World

/// How well a recogniser tells apart people that it has not seen: the gate before anything is trained with it.
///
/// Each person is introduced by one photo (close, from the front, nothing worn). Then there are further pictures of
/// everyone in each style, with any background, clothes, accessory, expression, view and distance.
public struct RecognitionReport: Hashable, Sendable {
    /// The cosines between a person's introduction and pictures in a style.
    public struct Style: Hashable, Sendable {
        public let style: FaceStyle
        /// The mean over the person's own pictures.
        public let same: Double
        /// The share of pictures that are nearest to the introduction of the person they show.
        public let rankOne: Double
        /// The share of pictures that pass where one in a hundred of other people's would.
        public let accepted: Double
    }

    public let styles: [Style]
    /// Between any two pictures of one person.
    public let same: Double
    /// Between pictures of different people.
    public let differentMean: Double
    public let differentDeviation: Double
    /// TAR at FAR 1e-2 over all pairs of pictures.
    public let accepted: Double
    /// The same over photos alone.
    public let photosAccepted: Double

    /// Over all styles.
    public var rankOne: Double { styles.map(\.rankOne).reduce(0, +) / Double(max(1, styles.count)) }

    /// - Parameters:
    ///   - people: whom the recogniser has not been trained on
    ///   - picturesEach: of each person in each style
    ///   - size: of the pictures that faces are cut out of, in pixels
    ///   - side: pixels that the recogniser wants on each side
    ///   - embed: aligned faces (B, 3, side, side) in -1...1 -> (B, n)
    public init(
        people: IdentitySet = .validation,
        picturesEach: Int = 2,
        size: Int = 64,
        side: Int = 32,
        embed: (Tensor) -> Tensor
    ) {
        var random = TorchRandomSource(seed: 0)
        func face(_ person: Int, _ scene: FaceScene) -> Tensor {
            let drawn = drawFace(people[person], in: scene, size: size)
            let target = AlignmentTemplate.recognition.landmarks(side: side)
            let transform = AffineTransform.similarity(from: drawn.landmarks, to: target) ?? .identity
            return drawn.bitmap.warped(by: transform, width: side, height: side, border: .black).signed
        }
        func unitVectors(_ scene: (_ person: Int) -> FaceScene) -> [[Float]] {
            let faces = Tensor.concatenated((0..<people.count).map { face($0, scene($0)) }, axis: 0)
            let x = embed(faces).l2Normalized()
            return (0..<people.count).map { x.sliced(axis: 0, $0..<$0 + 1).values }
        }
        let introductions = unitVectors { _ in
            FaceScene(SceneDescription(), seed: random.next64(), prior: .introduction)
        }
        // One row of everyone for each style and number.
        let rows = FaceStyle.allCases.flatMap { style in
            (0..<picturesEach).map { _ in
                var description = SceneDescription()
                description.style = style
                return (
                    style: style,
                    vectors: unitVectors { _ in FaceScene(description, seed: random.next64(), prior: .base) }
                )
            }
        }

        styles = FaceStyle.allCases.map { style in
            var (own, others, found) = ([Float](), [Float](), 0)
            for row in rows where row.style == style {
                for (person, vector) in row.vectors.enumerated() {
                    let cosines = introductions.map { cosine($0, vector) }
                    own.append(cosines[person])
                    others += cosines[..<person] + cosines[(person + 1)...]
                    if cosines.indices.allSatisfy({ $0 == person || cosines[$0] < cosines[person] }) { found += 1 }
                }
            }
            return Style(
                style: style,
                same: mean(own),
                rankOne: Double(found) / Double(max(1, own.count)),
                accepted: acceptance(of: own, against: others)
            )
        }
        let all = PairCosines(rows.map(\.vectors) + [introductions])
        let photos = PairCosines(rows.filter { $0.style == .photo }.map(\.vectors) + [introductions])
        same = mean(all.same)
        differentMean = mean(all.different)
        differentDeviation = deviation(all.different)
        accepted = acceptance(of: all.same, against: all.different)
        photosAccepted = acceptance(of: photos.same, against: photos.different)
    }
}

extension RecognitionReport: CustomStringConvertible {
    public var description: String {
        func text(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        let summary =
            "same \(text(same)), different \(text(differentMean)) +- \(text(differentDeviation)), "
            + "TAR at FAR 1e-2 \(text(accepted)) (photos \(text(photosAccepted))), rank 1 \(text(rankOne))"
        let lines = styles.map {
            "\($0.style.rawValue): same \(text($0.same)), rank 1 \(text($0.rankOne)), TAR \(text($0.accepted))"
        }
        return ([summary] + lines).joined(separator: "\n")
    }
}

/// The cosines of all pairs of pictures from different rows; each row has one picture of everyone.
private struct PairCosines {
    var same: [Float] = []
    var different: [Float] = []

    init(_ rows: [[[Float]]]) {
        for (i, first) in rows.enumerated() {
            for second in rows[(i + 1)...] {
                for (a, vector) in first.enumerated() {
                    for (b, other) in second.enumerated() {
                        if a == b {
                            same.append(cosine(vector, other))
                        } else {
                            different.append(cosine(vector, other))
                        }
                    }
                }
            }
        }
    }
}

/// Of the angle between vectors of length 1.
func cosine(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

private func mean(_ values: [Float]) -> Double {
    values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count))
}

private func deviation(_ values: [Float]) -> Double {
    let mean = mean(values)
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(max(1, values.count))).squareRoot()
}

/// The share of `own` above the cosine that one in a hundred of `others` exceeds.
private func acceptance(of own: [Float], against others: [Float]) -> Double {
    let sorted = others.sorted()
    guard !sorted.isEmpty else { return 0 }
    let threshold = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    return Double(own.filter { $0 > threshold }.count) / Double(max(1, own.count))
}
