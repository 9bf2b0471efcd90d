import Imaging
import Kernels

/// What part of a person a pixel shows: the 19 labels of CelebAMask-HQ in the numbering of face-parsing.PyTorch, which
/// facexlib's BiSeNet and so PuLID use. Left and right are those of the picture.
public enum FaceLabel: UInt8, CaseIterable, Sendable {
    case background, skin, leftBrow, rightBrow, leftEye, rightEye, glasses, leftEar, rightEar, earring, nose, mouth,
        upperLip, lowerLip, neck, necklace, clothing, hair, hat

    /// The person's own: face, ears and hair. What lies outside should not change when another person is asked for.
    public static let head: Set<FaceLabel> = [
        .skin, .leftBrow, .rightBrow, .leftEye, .rightEye, .glasses, .leftEar, .rightEar, .nose, .mouth, .upperLip,
        .lowerLip, .hair,
    ]
}

/// A label for each pixel of a square picture.
public struct FaceLabelMap: Equatable, Sendable {
    /// Side of the picture in pixels.
    public let size: Int
    /// (size, size), rows from the top; each the raw value of a `FaceLabel`.
    public internal(set) var values: [UInt8]

    init(size: Int, values: [UInt8]) {
        require(values.count == size * size, "FaceLabelMap: \(values.count) labels for \(size)x\(size) pixels")
        self.size = size
        self.values = values
    }

    /// The label in column `x` and row `y`, both from 0.
    public subscript(x: Int, y: Int) -> FaceLabel {
        require((0..<size).contains(x) && (0..<size).contains(y), "FaceLabelMap: (\(x), \(y)) is outside \(size)")
        return FaceLabel(rawValue: values[y * size + x]) ?? .background
    }

    /// Where the picture shows one of these, (size, size).
    public func mask(of labels: Set<FaceLabel>) -> [Bool] {
        let isWanted = (0...UInt8.max).map { value in FaceLabel(rawValue: value).map(labels.contains) ?? false }
        return values.map { isWanted[Int($0)] }
    }

    /// Each pixel from another place: nearest, edges extended.
    func sampled(_ place: (_ x: Int, _ y: Int) -> (x: Double, y: Double)) -> FaceLabelMap {
        var result = self
        for y in 0..<size {
            for x in 0..<size {
                let (u, v) = place(x, y)
                let column = min(max(u, 0), Double(size - 1)).rounded()
                let row = min(max(v, 0), Double(size - 1)).rounded()
                result.values[y * size + x] = values[Int(row) * size + Int(column)]
            }
        }
        return result
    }
}
