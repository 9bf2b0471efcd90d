import Graph
import Imaging
import Models
import Tensors

/// Pictures are compared as they are written: in 8 bits.
struct Compare: Node {
    static let version = 5
    static let help = "Measures a picture against a baseline picture, and the person in it against a face."
    static let precision = PrecisionUse.given(input: "models")

    @Input("the picture") var image: ImageArtifact
    @Input(
        "a picture of the same size, which `pulid-run approve` makes; of several the nearest (rmse) counts",
        baselineOf: "image"
    )
    var baseline: AnyNumber<ImageArtifact>
    @Input("of the same size: only what is white in it is measured against the baseline") var mask: ImageArtifact?
    @Input("who it should be: gives id_similarity; needs models") var face: FaceArtifact?
    @Input(
        "the recogniser, for id_similarity; with `crop: detect` and a baseline, box_overlap as well",
        part: "recognition"
    )
    var models: FaceModels?
    @Parameter(
        "what part of the picture is the face: whole for pictures that are aligned faces; detect finds faces, counts them in the field faces, and measures the one most like the person"
    )
    var crop: FaceCrop = .whole
    @Parameter("pixels_over counts pixels that differ by more than this, 0 to 1; a grey level is 1/255", in: 0...1)
    var over: Double = 0
    @Parameter("bounds that decide the field pass, in the fields' units; `expect:` does the same and says more")
    var thresholds: Thresholds = Thresholds()

    static func workingMemory(parameters: [String: Value], inputBytes: [String: Int]) -> Int {
        let pictures = inputBytes["image", default: 0] + inputBytes["baseline", default: 0]
        let faces = inputBytes["models"] == nil ? 0 : WorkingMemory.faces
        return 16 << 20 + 2 * WorkingMemory.numbers(of: pictures) + faces
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
        let baseline = try nearestBaseline()
        if let baseline {
            values = ScoresArtifact.measures(
                of: try PictureComparison(of: image.bitmap, with: baseline.bitmap, over: over, mask: mask?.bitmap)
            )
        }
        if face != nil, models == nil {
            throw NodeError.needs(what: "models", because: "id_similarity is measured with a recogniser")
        }
        if let models {
            switch crop {
            case .whole:
                if let face {
                    let found = try models.recognise(aligned: AlignedFace(whole: image), context)
                    values[.idSimilarity] = try similarity(found, to: face)
                }
            case .detect: try measureFaces(models, against: baseline, context, into: &values)
            }
        }
        if !thresholds.bounds.isEmpty { values[.pass] = thresholds.hold(for: values) ? 1 : 0 }
        return ScoresArtifact(values)
    }

    /// - Throws: `ImageError.sizesDiffer` where no baseline is of the picture's size.
    private func nearestBaseline() throws -> ImageArtifact? {
        guard baseline.items.count > 1 else { return baseline.items.first }
        let picture = image.bitmap
        let region = try mask.map { try PictureRegion(mask: $0.bitmap) }
        let differences = baseline.items.map { try? PixelDifferences(between: picture, and: $0.bitmap, in: region).mse }
        // Of several that are as near the first.
        let nearest = differences.indices.filter { differences[$0] != nil }
            .min { differences[$0] ?? 0 < differences[$1] ?? 0 }
        return baseline.items[nearest ?? 0]
    }

    /// Finds faces in the picture, and measures them against the baseline's and the person.
    func measureFaces(
        _ models: FaceModels,
        against baseline: ImageArtifact?,
        _ context: RunContext,
        into values: inout [ScoresArtifact.Measure: Double]
    ) throws {
        let finder = try FaceFinder(image, models: models, context)
        let found = try finder.allForRecognition()
        values[.faces] = Double(found.count)
        var shown = finder.boxes.largest
        if let face {
            let likeness = try found.map { try similarity(models.recognise(FloatImage($0), context), to: face) }
            // A picture without a face is like nobody.
            values[.idSimilarity] = likeness.max() ?? 0
            if let best = likeness.max(), let place = likeness.firstIndex(of: best), place < finder.boxes.count {
                shown = finder.boxes[place]
            }
        }
        guard let baseline else { return }
        // A face that is gone is nowhere near the one that was there; without one then and now nothing has moved.
        let before = try FaceFinder(baseline, models: models, context).boxes
        if let shown {
            values[.boxOverlap] = Double(before.map { $0.overlap(with: shown) }.max() ?? 0)
        } else {
            values[.boxOverlap] = before.isEmpty ? 1 : 0
        }
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

extension ScoresArtifact {
    /// What is measured of a picture against another.
    public static func measures(of comparison: PictureComparison) -> [Measure: Double] {
        var values: [Measure: Double] = [:]
        let differences = comparison.differences
        values[.maxAbs] = differences.maxAbs
        values[.meanAbs] = differences.meanAbs
        values[.rmse] = differences.rmse
        values[.psnr] = differences.psnr
        values[.pixelsOver] = Double(differences.pixelsOver)
        values[.shareOver] = differences.shareOver
        values[.ssim] = comparison.ssim
        values[.msSSIM] = comparison.msSSIM
        values[.flip] = comparison.flip.mean
        values[.flip95] = comparison.flip.quantile(0.95)
        return values
    }
}

extension [FaceDetection] {
    /// Of several as large the first.
    fileprivate var largest: FaceDetection? {
        self.max { $0.area < $1.area }.flatMap { best in first { $0.area == best.area } }
    }
}
