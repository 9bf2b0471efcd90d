import Imaging
import Models
import Tensors
import World

/// How well a detector finds faces that it was not trained on.
public struct DetectorReport: Hashable, Sendable {
    public let faces: Int
    /// The share of the faces that a detection overlaps by half or more.
    public let found: Double
    /// Detections that are no face, per picture.
    public let mistaken: Double
    /// The mean distance of a landmark from its place, as fractions of the distance between the eyes.
    public let landmarkError: Double
    /// The mean overlap of the faces that were found.
    public let overlap: Double

    /// - Parameters:
    ///   - pictures: of which faces that others cover count too
    ///   - detect: what a detector finds in a picture, in its pixels
    public init(on pictures: WorldDataset, detect: (Bitmap) throws -> [FaceDetection]) rethrows {
        var (faces, found, mistaken) = (0, 0, 0)
        var (errors, overlaps) = (0.0, 0.0)
        for index in 0..<pictures.count {
            let picture = pictures[index]
            var detections = try detect(picture.bitmap)
            for face in picture.faces {
                faces += 1
                let best = detections.indices.max {
                    face.box.overlap(with: detections[$0].faceBox) < face.box.overlap(with: detections[$1].faceBox)
                }
                guard let best, face.box.overlap(with: detections[best].faceBox) >= 0.5 else { continue }
                found += 1
                overlaps += face.box.overlap(with: detections[best].faceBox)
                errors += face.landmarkError(of: detections.remove(at: best))
            }
            mistaken += detections.count
        }
        self.faces = faces
        self.found = Double(found) / Double(max(1, faces))
        self.mistaken = Double(mistaken) / Double(max(1, pictures.count))
        landmarkError = errors / Double(max(1, found))
        overlap = overlaps / Double(max(1, found))
    }

    /// - Parameter network: looks at pictures as `SCRFD` says
    public init(_ network: SCRFDNetwork, on pictures: WorldDataset) throws {
        try self.init(on: pictures) { bitmap in
            let (square, scale) = bitmap.letterboxed(side: SCRFD.side)
            let bytes = Tensor(square.pixels.map(Float.init), shape: [1, SCRFD.side, SCRFD.side, 3])
            return try SCRFD.faces(in: bytes.channelsFirst(), scale: scale) { network($0) }
        }
    }
}

extension DetectorReport: CustomStringConvertible {
    public var description: String {
        func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
        return "\(percent(found)) of \(faces) faces, \(mistaken) mistaken per picture, boxes overlap by "
            + "\(percent(overlap)), landmarks off by \(percent(landmarkError)) of the distance between the eyes"
    }
}

extension FaceDetection {
    fileprivate var faceBox: FaceBox {
        FaceBox(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom))
    }
}

extension WorldPicture.Face {
    /// The mean distance of the landmarks to those found, as fractions of the distance between the eyes.
    fileprivate func landmarkError(of detection: FaceDetection) -> Double {
        func length(_ p: Point) -> Double { (p.x * p.x + p.y * p.y).squareRoot() }
        let errors = zip(landmarks, detection.landmarks).map { place, found in
            length(place - Point(Double(found.x), Double(found.y)))
        }
        return errors.reduce(0, +) / Double(errors.count) / length(landmarks[1] - landmarks[0])
    }
}
