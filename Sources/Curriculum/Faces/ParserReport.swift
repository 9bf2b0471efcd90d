import Imaging
import Models
import Tensors
import World

/// How well a parser labels faces that it was not trained on.
public struct ParserReport: Sendable {
    /// The share of pixels with the right label.
    public let accuracy: Double
    /// Of each label that occurs: pixels that have it in truth and in the answer, over those that have it in either.
    public let overlaps: [FaceLabel: Double]
    /// The share of pixels that are rightly hidden from PuLID's encoder, or rightly shown to it.
    public let hidingAccuracy: Double

    /// The mean over the labels that occur.
    public var meanOverlap: Double { overlaps.values.reduce(0, +) / Double(max(1, overlaps.count)) }

    public init(_ parser: BiSeNet, on pictures: WorldDataset) {
        let side = ParserTraining.side
        let classes = FaceLabel.allCases.count
        var counts = [Int](repeating: 0, count: classes * classes)
        for index in 0..<pictures.count {
            let face = LabelledFace(pictures[index])
            let transform = face.alignment(side: side)
            let found = FaceParsing(
                logits: parser(ImageNormalization.imageNet(face.aligned(by: transform, side: side)))
            )
            let labels = face.alignedLabels(by: transform, side: side, count: side)
            for (truth, answer) in zip(labels, found.labels) { counts[truth * classes + Int(answer)] += 1 }
        }
        let total = Double(max(1, counts.reduce(0, +)))
        func sum(_ isCounted: (_ truth: Int, _ answer: Int) -> Bool) -> Int {
            counts.indices.reduce(0) { $0 + (isCounted($1 / classes, $1 % classes) ? counts[$1] : 0) }
        }
        func isHidden(_ label: Int) -> Bool { FaceParsing.hiddenLabels.contains(UInt8(label)) }
        accuracy = Double(sum { $0 == $1 }) / total
        hidingAccuracy = Double(sum { isHidden($0) == isHidden($1) }) / total
        var overlaps: [FaceLabel: Double] = [:]
        for label in FaceLabel.allCases {
            let i = Int(label.rawValue)
            guard sum({ truth, _ in truth == i }) > 0 else { continue }
            overlaps[label] = Double(counts[i * classes + i]) / Double(sum { $0 == i || $1 == i })
        }
        self.overlaps = overlaps
    }
}

extension ParserReport: CustomStringConvertible {
    public var description: String {
        func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
        let labels = FaceLabel.allCases.compactMap { label in overlaps[label].map { "\(label) \(percent($0))" } }
        return "labels \(percent(accuracy)), hidden or not \(percent(hidingAccuracy)), mean overlap "
            + "\(percent(meanOverlap)): \(labels.joined(separator: ", "))"
    }
}
