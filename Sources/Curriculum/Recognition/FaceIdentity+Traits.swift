import Imaging
import World

extension FaceIdentity {
    /// What is to be seen of a person in grey, as numbers of about one size: measures in -1...1, and 0 or 1 for each kind
    /// of hair and beard.
    var traits: [Float] {
        func measure(_ value: Double, _ range: ClosedRange<Double>) -> Float {
            Float(2 * (value - range.lowerBound) / (range.upperBound - range.lowerBound) - 1)
        }
        let tone = Double(SkinTone.allCases.firstIndex(of: skin) ?? 0)
        let measures = [
            measure(tone, 0...Double(SkinTone.allCases.count - 1)),
            measure(faceWidth, 0.65...0.81), measure(jaw, 0...1), measure(chin, -0.06...0.1), measure(cheeks, 0...1),
            measure(earSize, 0.8...1.3),
            measure(eyeSpacing, 0.29...0.405), measure(eyeSize, 0.165...0.225), measure(eyeRoundness, 0.5...0.74),
            measure(eyeTilt, -0.14...0.2), measure(lashes, 0.4...1.4),
            measure(browThickness, 0.04...0.1), measure(browArch, 0...1), measure(browHeight, 0.25...0.33),
            measure(noseLength, 0.36...0.48), measure(noseWidth, 0.095...0.165), measure(noseBridge, 0...1),
            measure(mouthWidth, 0.2...0.285), measure(lipFullness, 0.05...0.095), measure(lipColor, 0.1...1),
            measure(hairVolume, 0...1), Float(partingSide), measure(freckles, 0...1), measure(age, 0...1),
        ]
        return measures + HairStyle.allCases.map { $0 == hairStyle ? 1 : 0 }
            + Beard.allCases.map { $0 == beard ? 1 : 0 }
    }

    static let traitCount = FaceIdentity().traits.count
}
