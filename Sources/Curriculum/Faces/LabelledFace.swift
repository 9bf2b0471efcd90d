import Imaging
import Models
import Tensors
import World

/// A picture of a face with what each of its pixels shows, and how both look once the face is aligned.
package struct LabelledFace: Sendable {
    let bitmap: Bitmap
    let labels: FaceLabelMap
    /// Of the face that is in front.
    package let landmarks: [Point]

    /// Around the picture, as facexlib has it.
    private static let border = RGB(132, 133, 135)

    package init(_ picture: WorldPicture) {
        bitmap = picture.bitmap
        labels = picture.labels
        landmarks = picture.faces.last?.landmarks ?? []
    }

    /// The similarity that brings the face into the middle of a picture of `side` pixels.
    ///
    /// - Parameter noise: added to x and y of each landmark, as fractions of the distance between the eyes, as a detector's
    ///   errors are
    package func alignment(side: Int, noise: [Float] = []) -> AffineTransform {
        let eyes = landmarks[1] - landmarks[0]
        let distance = (eyes.x * eyes.x + eyes.y * eyes.y).squareRoot()
        let found = landmarks.enumerated().map { i, point in
            noise.isEmpty
                ? point
                : Point(point.x + Double(noise[2 * i]) * distance, point.y + Double(noise[2 * i + 1]) * distance)
        }
        return AffineTransform.similarity(from: found, to: AlignmentTemplate.portrait.landmarks(side: side))
            ?? .identity
    }

    /// (1, 3, side, side) in 0...1
    package func aligned(by transform: AffineTransform, side: Int) -> Tensor {
        let picture = bitmap.warped(by: transform, width: side, height: side, border: Self.border)
        return Tensor(picture.pixels.map { Float($0) / 255 }, shape: [1, side, side, 3]).channelsFirst()
    }

    /// What the aligned picture shows at `count` x `count` places, those at its edge on the middles of its outermost
    /// pixels; the raw values of `FaceLabel`, row by row.
    package func alignedLabels(by transform: AffineTransform, side: Int, count: Int) -> [Int] {
        guard let back = transform.inverse else { return Array(repeating: 0, count: count * count) }
        let step = Double(side - 1) / Double(count - 1)
        return (0..<count * count).map { i in
            let place = back(Point(Double(i % count) * step, Double(i / count) * step))
            let (x, y) = (place.x.rounded(), place.y.rounded())
            guard x >= 0, y >= 0, x < Double(labels.size), y < Double(labels.size) else { return 0 }
            return Int(labels.values[Int(y) * labels.size + Int(x)])
        }
    }
}
