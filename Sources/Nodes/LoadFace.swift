import Graph
import Imaging
import Tensors

/// PuLID: pulid/pipeline.py::get_id_embedding up to the picture for the vision tower
struct LoadFace: Node {
    static let version = 6
    static let repeatsWarnings = true
    static let help = "Finds the face in a photo, aligns it, says who it is, and keeps its features in grey on white."
    static let precision = PrecisionUse.always
    static let absence: String? = "no face was found"

    @Input("a photo") var image: ImageArtifact
    @Input("the networks that look at it") var models: FaceModels
    @Parameter("what part of the photo is the face: whole for a picture that is an aligned face already")
    var crop: FaceCrop = .detect
    @Parameter("which of several faces; a number counts them from the left, from 0") var pick: FacePick = .largest
    @Parameter("what to do when there is no face; skip: what needs it is skipped with a warning, and the rest goes on")
    var onNoFace: AbsentFace = .error

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        WorkingMemory.faces + WorkingMemory.numbers(of: inputBytes["image"])
    }

    func run(_ context: RunContext) throws -> FaceArtifact {
        switch crop {
        case .whole: return try whole(context)
        case .detect:
            var finder = try FaceFinder(image, models: models, context)
            let alignable = try finder.alignable()
            try finder.lookFromFurtherAway(alignable: alignable)
            if let face = try finder.face(pick, alignable: alignable) {
                if let doubt = face.doubt { context.warn(doubt) }
                return try artifact(of: face, context)
            }
            let (width, height) = image.size
            throw onNoFace == .skip ? Absence() : FaceError.noFace(width: width, height: height)
        }
    }

    private func artifact(of face: FoundFace, _ context: RunContext) throws -> FaceArtifact {
        let aligned = FloatImage(face.aligned).tensor.channelsFirst()
        return FaceArtifact(
            box: Tensor(face.detection.box, shape: [4]),
            landmarks: Tensor(face.detection.landmarks.flatMap { [$0.x, $0.y] }, shape: [5, 2]),
            recognition: try models.recognise(FloatImage(face.forRecognition), context),
            aligned: aligned,
            features: try models.features(of: aligned, context)
        )
    }

    private func whole(_ context: RunContext) throws -> FaceArtifact {
        let face = try AlignedFace(whole: image)
        let (W, H) = image.size
        let scale = Double(W) / Double(AlignedFace.side)
        let landmarks = AlignedFace.landmarks.flatMap { [Float($0.x * scale), Float($0.y * scale)] }
        let aligned = face.picture.tensor.channelsFirst()
        return FaceArtifact(
            box: Tensor([0, 0, Float(W), Float(H)], shape: [4]),
            landmarks: Tensor(landmarks, shape: [5, 2]),
            recognition: try models.recognise(aligned: face, context),
            aligned: aligned,
            features: try models.features(of: aligned, context)
        )
    }
}
