import Elementary
import Imaging
import Models
import Tensors
import Training

/// What SCRFD's outputs are trained with: scores by quality focal loss (Li et al. 2020,
/// https://arxiv.org/abs/2006.04388), whose target is how much the box that goes with a score overlaps the face; boxes
/// and points by their smoothed distances in units of the anchor.
package struct DetectorLoss: Hashable, Sendable {
    /// Of the boxes, beside the scores.
    private let boxes: Float = 1
    /// Of the points.
    private let points: Float = 1
    /// An anchor is for faces of its size times this or divided by it.
    private let reach = 1.7
    /// An anchor is for faces whose middle is as near as this part of their size; the nearest ones always.
    private let radius = 0.18
    /// Distances up to this count by their squares.
    private let smooth: Float = 0.05

    package init() {}

    /// - Parameters:
    ///   - levels: of as many pictures as there are lists of faces
    package func callAsFunction(_ levels: [SCRFDNetwork.Level], _ faces: [[DetectorScene.Face]]) -> SampleLoss {
        var sums = Sums()
        var gradients: [(of: Tensor, gradient: Tensor)] = []
        for (level, outputs) in levels.enumerated() {
            let parts = gradient(of: outputs, level: level, faces, &sums)
            gradients += zip([outputs.scores, outputs.distances, outputs.points], parts).map { ($0, $1) }
        }
        // All of it per anchor that has a face.
        let share = 1 / Float(max(1, sums.matched))
        return SampleLoss(
            .known(
                (sums.scores + boxes * sums.boxes + points * sums.points) * share,
                gradients: gradients.map { ($0, $1 * share) }
            ),
            terms: [
                "scores": sums.scores * share, "boxes": sums.boxes * share, "points": sums.points * share,
                "overlap": sums.overlap * share,
            ]
        )
    }

    private struct Sums {
        var (scores, boxes, points, overlap): (Float, Float, Float, Float) = (0, 0, 0, 0)
        var matched = 0
    }

    /// The gradients of the sums with respect to the scores, distances and points of one level.
    private func gradient(
        of outputs: SCRFDNetwork.Level,
        level: Int,
        _ faces: [[DetectorScene.Face]],
        _ sums: inout Sums
    ) -> [Tensor] {
        let (scores, distances, points) = (outputs.scores.values, outputs.distances.values, outputs.points.values)
        var (dScores, dDistances, dPoints) = (
            scores, [Float](repeating: 0, count: distances.count), [Float](repeating: 0, count: points.count)
        )
        let (B, H, W, A) = outputs.scores.shape4
        let stride = Double(SCRFD.strides[level])
        for b in 0..<B {
            for position in 0..<H * W {
                let anchor = Point(Double(position % W) * stride, Double(position / W) * stride)
                for a in 0..<A {
                    let i = (b * H * W + position) * A + a
                    let scale = SCRFDNetwork.anchorScales[level][a]
                    var target: Float = 0
                    if let face = face(at: anchor, stride: stride, scale: Double(scale), in: faces[b]) {
                        let sides = [
                            anchor.x - face.box.left, anchor.y - face.box.top, face.box.right - anchor.x,
                            face.box.bottom - anchor.y,
                        ].map { Float($0 / stride) }
                        let offsets = face.landmarks.flatMap { point in
                            [point.x - anchor.x, point.y - anchor.y].map { Float($0 / stride) }
                        }
                        target = overlap(distances[4 * i..<4 * i + 4], sides[...])
                        sums.overlap += target
                        sums.matched += 1
                        for (j, side) in sides.enumerated() {
                            let (loss, slope) = distance(distances[4 * i + j] - side, scale: scale)
                            sums.boxes += loss
                            dDistances[4 * i + j] = boxes * slope
                        }
                        for (j, offset) in offsets.enumerated() {
                            let (loss, slope) = distance(points[10 * i + j] - offset, scale: scale)
                            sums.points += loss
                            dPoints[10 * i + j] = self.points * slope
                        }
                    }
                    let (loss, slope) = qualityFocal(scores[i], target)
                    sums.scores += loss
                    dScores[i] = slope
                }
            }
        }
        return [
            Tensor(dScores, shape: outputs.scores.shape), Tensor(dDistances, shape: outputs.distances.shape),
            Tensor(dPoints, shape: outputs.points.shape),
        ]
    }

    /// The face that an anchor is for: of several the smallest.
    private func face(
        at anchor: Point,
        stride: Double,
        scale: Double,
        in faces: [DetectorScene.Face]
    ) -> DetectorScene.Face? {
        let usual = 2 * scale * stride
        return faces.filter { face in
            let size = face.size
            guard size > usual / reach, size < usual * reach else { return false }
            let limit = max(radius * size, 0.51 * stride)
            let (x, y) = ((face.box.left + face.box.right) / 2, (face.box.top + face.box.bottom) / 2)
            return abs(x - anchor.x) <= limit && abs(y - anchor.y) <= limit
        }.min { $0.size < $1.size }
    }

    /// Of two boxes around one anchor, intersection over union; 0 for a box turned inside out.
    private func overlap(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
        let (a, b) = (Array(a), Array(b))
        func area(_ d: [Float]) -> Float { max(0, d[0] + d[2]) * max(0, d[1] + d[3]) }
        let shared = area(zip(a, b).map(min))
        let union = area(a) + area(b) - shared
        return union > 0 ? shared / union : 0
    }

    /// Smooth L1 of a difference in strides, in units of the anchor; and its slope.
    private func distance(_ difference: Float, scale: Float) -> (loss: Float, slope: Float) {
        let d = difference / scale
        return abs(d) < smooth
            ? (d * d / (2 * smooth), d / (smooth * scale)) : (abs(d) - smooth / 2, (d < 0 ? -1 : 1) / scale)
    }

    /// (y - p)² times the cross-entropy of p = sigmoid(x) and y; and its slope.
    private func qualityFocal(_ x: Float, _ y: Float) -> (loss: Float, slope: Float) {
        let p = 1 / (1 + Float.exp(-x))
        let entropy = max(x, 0) + Float.log(1 + Float.exp(-abs(x))) - x * y
        let gap = p - y
        return (gap * gap * entropy, gap * (2 * p * (1 - p) * entropy + gap * gap))
    }
}
