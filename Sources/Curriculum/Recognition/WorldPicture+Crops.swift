import Imaging
import Kernels
import Models
import Tensors
import World

extension WorldPicture {
    /// The face of the person in front, aligned as recognisers see it.
    ///
    /// - Parameters:
    ///   - margin: pixels around it on each side
    ///   - jitter: how far landmarks are off, a deviation as fractions of `side`
    /// - Returns: bytes (side + 2 margin, side + 2 margin, 3)
    package func recognitionCrop(side: Int, margin: Int, jitter: Double, _ random: inout TorchRandomSource) -> [UInt8] {
        let targets = targets(.recognition, side: side, margin: margin, jitter: jitter, &random)
        let transform = AffineTransform.similarity(from: landmarks, to: targets)
        let kept = side + 2 * margin
        return bitmap.warped(by: transform ?? .identity, width: kept, height: kept, border: .black).pixels
    }

    /// The face of the person in front as PuLID shows it to its vision tower: with hair, in grey, all else white.
    ///
    /// In use the face is cut out at 512 pixels and then resized without antialiasing, which takes what lies at the
    /// middles of the new pixels. Here these are cut out directly.
    ///
    /// - Returns: bytes (side + 2 margin, side + 2 margin)
    package func featureCrop(side: Int, margin: Int, jitter: Double, _ random: inout TorchRandomSource) -> [UInt8] {
        let targets = targets(.portrait, side: side, margin: margin, jitter: jitter, &random)
        let aligned = AffineTransform.leastMedianSimilarity(from: landmarks, to: targets) ?? .identity
        let middle = 0.5 * Double(side) / 512 - 0.5
        let transform = aligned.then(.translation(middle, middle))
        let kept = side + 2 * margin
        let grey = bitmap.warped(by: transform, width: kept, height: kept, border: .black).grey()
        let back = transform.inverse ?? .identity
        return (0..<kept * kept).map { i in
            let source = back(Point(Double(i % kept), Double(i / kept)))
            let (x, y) = (Int(source.x.rounded()), Int(source.y.rounded()))
            guard (0..<labels.size).contains(x), (0..<labels.size).contains(y),
                !FaceParsing.hiddenLabels.contains(labels.values[y * labels.size + x])
            else { return 255 }
            return grey.pixels[3 * i]
        }
    }

    /// Where the template has the landmarks of the person in front, each a little off.
    private func targets(
        _ template: AlignmentTemplate,
        side: Int,
        margin: Int,
        jitter: Double,
        _ random: inout TorchRandomSource
    ) -> [Point] {
        let moves = random.normal(10)
        return template.landmarks(side: side).enumerated().map { i, point in
            point + Point(Double(moves[2 * i]), Double(moves[2 * i + 1])) * (jitter * Double(side))
                + Point(Double(margin), Double(margin))
        }
    }

    /// Of the person in front, whom the caption is about.
    var landmarks: [Point] {
        guard let face = faces.last else { fail("a picture without a person") }
        return face.landmarks
    }
}
