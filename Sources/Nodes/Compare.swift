import Graph
import Imaging
import Tensors

/// Pictures are compared as they are written: in 8 bits.
struct Compare: Node {
    static let version = 3
    static let help = "Measures a picture against a baseline picture, and the person in it against a face."
    static let precision = PrecisionUse.given(input: "face")

    @Input("the picture") var image: ImageArtifact
    @Input(
        "a picture of the same size: gives max_abs, mean_abs, psnr, ssim; `pulid-run approve` makes its file",
        baselineOf: "image"
    )
    var baseline: ImageArtifact?
    @Input("who it should be: gives id_similarity; needs models") var face: FaceArtifact?
    @Input("the recogniser, for id_similarity", part: "recognition") var models: FaceModels?
    @Parameter(
        "what part of the picture is the face: whole for pictures that are aligned faces; detect finds faces, counts them in the field faces, and measures the one most like the person"
    )
    var crop: FaceCrop = .whole
    @Parameter("bounds that decide the field pass: at most for max_abs and mean_abs, at least for the others")
    var thresholds: Thresholds = Thresholds()

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let pictures = inputBytes["image", default: 0] + inputBytes["baseline", default: 0]
        return 16 << 20 + WorkingMemory.numbers(of: pictures) + (inputBytes["face"] == nil ? 0 : WorkingMemory.faces)
    }

    static func pictureSize(_ known: KnownInputs) throws(ParameterProblem) -> PictureSize? {
        guard let size = known.size("image"), let baseline = known.size("baseline"), size != baseline else {
            return nil
        }
        throw ParameterProblem(
            "baseline",
            "the picture is \(size) and its baseline \(baseline)",
            hint: "give one of them through a `resize` node, or approve new baselines"
        )
    }

    func run(_ context: RunContext) throws -> ScoresArtifact {
        var values: [ScoresArtifact.Measure: Double] = [:]
        if let baseline {
            let metrics = try PictureMetrics(between: image.bitmap, and: baseline.bitmap)
            values[.maxAbs] = metrics.maxAbs
            values[.meanAbs] = metrics.meanAbs
            values[.psnr] = metrics.psnr
            values[.ssim] = metrics.ssim
        }
        if let face {
            guard let models else {
                throw NodeError.needs(what: "models", because: "id_similarity is measured with a recogniser")
            }
            switch crop {
            case .whole:
                let found = try models.recognise(aligned: AlignedFace(whole: image), context)
                values[.idSimilarity] = try similarity(found, to: face)
            case .detect:
                let faces = try FaceFinder(image, models: models, context).allForRecognition()
                let likeness = try faces.map {
                    try similarity(models.recognise(FloatImage($0), context), to: face)
                }
                values[.faces] = Double(faces.count)
                // A picture without a face is like nobody.
                values[.idSimilarity] = likeness.max() ?? 0
            }
        }
        if !thresholds.bounds.isEmpty { values[.pass] = thresholds.hold(for: values) ? 1 : 0 }
        return ScoresArtifact(values)
    }

    /// - Throws: when the face was measured by a recogniser of another width, and the numbers mean nothing to each other
    private func similarity(_ found: Tensor, to face: FaceArtifact) throws -> Double {
        guard found.count == face.recognition.count else {
            throw NodeError.sizesDiffer(
                what: "the face's recognition",
                found: face.recognition.shape,
                expected: [found.count],
                hint: "it was measured by another recogniser than that of `models:`"
            )
        }
        return Double(cosineSimilarity(found, face.recognition))
    }
}
