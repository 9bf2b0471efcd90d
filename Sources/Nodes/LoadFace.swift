import Graph
import Imaging
import Tensors

/// PuLID: pulid/pipeline.py::get_id_embedding up to the picture for the vision tower
struct LoadFace: Node {
    static let version = 1
    static let help = "Finds the face in a photo, aligns it, says who it is, and keeps its features in grey on white."

    @Input("a photo") var image: ImageArtifact
    @Input("the networks that look at it") var models: FaceModels
    @Parameter("what part of the photo is the face: whole for a picture that is an aligned face already")
    var crop: FaceCrop

    func run(_ context: RunContext) throws -> FaceArtifact {
        let face = try AlignedFace(image, crop: crop)
        let (_, _, H, W) = image.image.shape4
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
