import Graph
import Imaging
import Models
import Tensors

/// A face that was found in a photo, cut out as the networks behind want it.
struct FoundFace {
    /// In pixels of the photo as it was given.
    let detection: FaceDetection
    /// 512 x 512
    let aligned: Bitmap
    /// As the recogniser sees it.
    let forRecognition: Bitmap
    /// Where the detectors do not agree, and what was done about it.
    let doubt: String?
}

/// Finds faces in one photo with both detectors and decides which is which. RetinaFace may be missing; then SCRFD's own
/// landmarks align the face.
///
/// PuLID: pulid/pipeline.py::get_id_embedding. There the recogniser sees SCRFD's largest face and the parser the one of
/// RetinaFace's that is nearest the middle, which can be two people; here both see the one that is picked.
struct FaceFinder {
    /// What the detectors see: the photo, with a long edge of at most 1024 pixels.
    let photo: Bitmap
    /// Pixels as given for one of `photo`.
    private let toOriginal: SIMD2<Float>
    private let models: FaceModels
    private let context: RunContext
    /// SCRFD's faces, in pixels of `photo`.
    private(set) var detected: [FaceDetection]
    /// Pixels on each side of what SCRFD was shown, where that is less than usual.
    private var smallerSide: Int?

    /// Boxes that overlap by less show two faces.
    private static let sameFace: Float = 0.3
    private static let longEdge = 1024
    /// facexlib's, as red, green, blue (it counts from blue).
    private static let border = RGB(132, 133, 135)

    init(_ image: ImageArtifact, models: FaceModels, _ context: RunContext) throws {
        let original = image.bitmap
        photo = original.limitingLongEdge(to: Self.longEdge)
        toOriginal = SIMD2(
            Float(original.width) / Float(photo.width),
            Float(original.height) / Float(photo.height)
        )
        self.models = models
        self.context = context
        detected = try models.detected(in: photo, context)
    }

    /// RetinaFace's faces, in pixels of `photo`; none without it.
    func alignable() throws -> [FaceDetection] { models.has(.aligner) ? try models.alignable(in: photo, context) : [] }

    /// Where neither detector finds a face, SCRFD is shown the photo smaller: a face may be too large for its grids.
    ///
    /// PuLID_ComfyUI: pulid.py::ApplyPulid.apply_pulid
    ///
    /// - Parameter alignable: RetinaFace's faces
    mutating func lookFromFurtherAway(alignable: [FaceDetection]) throws {
        guard detected.isEmpty, alignable.isEmpty else { return }
        for side in stride(from: SCRFD.side - 64, through: SCRFD.side / 2, by: -64) {
            detected = try models.detected(in: photo, side: side, context)
            guard detected.isEmpty else {
                smallerSide = side
                return
            }
        }
    }

    /// The face to be encoded; nil if there is none.
    ///
    /// - Parameter alignable: RetinaFace's faces
    func face(_ pick: FacePick, alignable: [FaceDetection]) throws -> FoundFace? {
        guard let face = try picked(pick, of: detected) else {
            guard let face = try picked(pick, of: alignable) else { return nil }
            let aligned = try aligned(face)
            let side = try models.recognizer(context).side
            return FoundFace(
                detection: face.scaled(by: toOriginal),
                aligned: aligned,
                forRecognition: aligned.resizedLinearly(width: side, height: side),
                doubt:
                    "SCRFD finds no face, RetinaFace one at \(shown(face)): it is recognised from its aligned picture"
            )
        }
        let match = alignable.max { $0.overlap(with: face) < $1.overlap(with: face) }
        let middle = nearestMiddle(alignable)
        var landmarks = face
        var doubt: String?
        if let match, match.overlap(with: face) >= Self.sameFace {
            landmarks = match
            if pick == .largest, let middle, middle != match {
                doubt =
                    "the largest face is at \(shown(face)), the one nearest the middle at \(shown(middle)); the largest is taken, "
                    + "say `pick: center` for the other"
            }
        } else if let smallerSide {
            doubt =
                "a face is found at \(shown(face)) only when the detector sees the photo at \(smallerSide) pixels; see with "
                + "show_face whether it is one"
        } else if models.has(.aligner) {
            let other = middle.map { "one at \(shown($0))" } ?? "none"
            doubt =
                "the detectors disagree: SCRFD finds a face at \(shown(face)), RetinaFace \(other); SCRFD's is taken"
        }
        return FoundFace(
            detection: face.scaled(by: toOriginal),
            aligned: try aligned(landmarks),
            forRecognition: try forRecognition(face),
            doubt: doubt
        )
    }

    /// Every face that SCRFD finds as the recogniser sees it, or, if there is none, RetinaFace's from their aligned pictures.
    func allForRecognition() throws -> [Bitmap] {
        if !detected.isEmpty { return try detected.map(forRecognition) }
        let side = try models.recognizer(context).side
        return try alignable().map {
            try aligned($0).resizedLinearly(width: side, height: side)
        }
    }

    /// Where the faces are that `allForRecognition` gives if SCRFD finds any, in its order; in pixels as given.
    var boxes: [FaceDetection] { detected.map { $0.scaled(by: toOriginal) } }

    private func picked(_ pick: FacePick, of faces: [FaceDetection]) throws -> FaceDetection? {
        switch pick {
        // Of several as large the last, as `sorted(...)[-1]` has it.
        case .largest: return faces.reversed().max { $0.area < $1.area }
        case .center: return nearestMiddle(faces)
        case .index(let index):
            let ordered = faces.sorted { $0.left < $1.left }
            if faces.isEmpty || ordered.indices.contains(index) { return faces.isEmpty ? nil : ordered[index] }
            throw FaceError.noSuchFace(index: index, faces: ordered.map { $0.scaled(by: toOriginal) })
        }
    }

    private func nearestMiddle(_ faces: [FaceDetection]) -> FaceDetection? {
        func distance(_ face: FaceDetection) -> Float {
            face.distanceFromMiddle(width: photo.width, height: photo.height)
        }
        return faces.min { distance($0) < distance($1) }
    }

    /// facexlib: utils/face_restoration_helper.py::FaceRestoreHelper.align_warp_face
    private func aligned(_ face: FaceDetection) throws -> Bitmap {
        let transform = AffineTransform.leastMedianSimilarity(from: face.points, to: AlignedFace.landmarks)
        guard let transform else { throw FaceError.notAligned(landmarks: face.landmarks) }
        return photo.warped(by: transform, width: AlignedFace.side, height: AlignedFace.side, border: Self.border)
    }

    /// insightface: utils/face_align.py::norm_crop
    private func forRecognition(_ face: FaceDetection) throws -> Bitmap {
        let side = try models.recognizer(context).side
        let transform = AffineTransform.similarity(
            from: face.points,
            to: AlignmentTemplate.recognition.landmarks(side: side)
        )
        guard let transform else { throw FaceError.notAligned(landmarks: face.landmarks) }
        return photo.warped(by: transform, width: side, height: side, border: .black)
    }

    private func shown(_ face: FaceDetection) -> String { face.scaled(by: toOriginal).place }
}

extension FaceDetection {
    fileprivate var points: [Point] { landmarks.map { Point(Double($0.x), Double($0.y)) } }
}
