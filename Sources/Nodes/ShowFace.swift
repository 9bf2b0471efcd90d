import Graph
import Imaging
import Models
import Tensors

/// What `load_face` sees and makes of a photo, step by step, for people to look at.
struct ShowFace: Node {
    static let version = 5
    static let help =
        "Draws how a face is found in a photo: the detectors' boxes, points and scores, what the recogniser sees, the aligned face, its labels, and the features in grey on white."

    @Input("a photo") var image: ImageArtifact
    @Input("the networks that look at it") var models: FaceModels
    @Parameter("as for load_face") var crop: FaceCrop = .detect
    @Parameter("as for load_face") var pick: FacePick = .largest

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        WorkingMemory.faces + WorkingMemory.numbers(of: inputBytes["image"])
    }

    func run(_ context: RunContext) throws -> ImageArtifact {
        var sheet: FaceSheet
        let aligned: Tensor?
        switch crop {
        case .detect:
            var finder = try FaceFinder(image, models: models, context)
            let alignable = try finder.alignable()
            try finder.lookFromFurtherAway(alignable: alignable)
            let face = try finder.face(pick, alignable: alignable)
            sheet = FaceSheet(photo: finder.photo, detected: finder.detected, alignable: alignable)
            sheet.recognized = face?.forRecognition
            aligned = face.map { FloatImage($0.aligned).tensor.channelsFirst() }
        case .whole:
            let face = try AlignedFace(whole: image)
            sheet = FaceSheet(photo: image.bitmap, detected: [], alignable: [])
            sheet.recognized = Bitmap(face.forRecognition(size: try models.recognizer(context).side))
            aligned = face.picture.tensor.channelsFirst()
        }
        if let aligned {
            let parsing = try models.parsing(of: aligned, context)
            sheet.aligned = Bitmap(FloatImage(tensor: aligned.channelsLast()))
            sheet.labels = parsing.labels
            sheet.features = FloatImage(tensor: parsing.faceFeatures(of: aligned).channelsLast())
        }
        return ImageArtifact(sheet.render())
    }
}
