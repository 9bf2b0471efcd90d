/// Measures of one picture.
public typealias ScoresArtifact = MeasuredValues<PictureMeasure>

/// What is measured of a picture, against another or a person.
public enum PictureMeasure: String, MeasureKind {
    public static let kind = "scores"

    case maxAbs = "max_abs"
    case meanAbs = "mean_abs"
    case rmse, psnr, ssim
    case msSSIM = "ms_ssim"
    case flip
    case flip95 = "flip_p95"
    case pixelsOver = "pixels_over"
    case shareOver = "share_over"
    case idSimilarity = "id_similarity"
    case faces
    case boxOverlap = "box_overlap"
    case pass

    public var help: String {
        switch self {
        case .maxAbs: "the largest difference of any channel, 0 to 1; a grey level is 1/255"
        case .meanAbs: "the mean difference of all channels, 0 to 1; a grey level is 1/255"
        case .rmse: "the root of the mean squared difference, 0 to 1; a grey level is 1/255"
        case .psnr: "peak signal-to-noise ratio in dB; infinite for equal pictures"
        case .ssim: "structural similarity, -1 to 1; 1 for equal pictures"
        case .msSSIM: "structural similarity at five scales, 0 to 1; not measured where a side is below 161 pixels"
        case .flip: "how different the two look when flipped, 0 to 1: the mean of the FLIP map"
        case .flip95: "the FLIP error that 95 of 100 pixels do not exceed, 0 to 1"
        case .pixelsOver: "the number of pixels of which a channel differs by more than `over`"
        case .shareOver: "those pixels as a fraction of all, 0 to 1"
        case .idSimilarity: "the cosine of two faces as the recogniser sees them, -1 to 1; 1 is the same face"
        case .faces: "the number of faces in the picture, where `crop: detect` looks for them"
        case .boxOverlap:
            "where the face is against the baseline's, 0 apart to 1 the same: intersection over union of their boxes"
        case .pass: "1 where every threshold holds, else 0"
        }
    }

    public var range: ClosedRange<Double>? {
        switch self {
        case .maxAbs, .meanAbs, .rmse, .msSSIM, .flip, .flip95, .shareOver, .boxOverlap, .pass: 0...1
        case .ssim, .idSimilarity: -1...1
        case .psnr, .pixelsOver, .faces: 0...Double.infinity
        }
    }

    /// Whether less is better.
    public var isUpperBounded: Bool {
        switch self {
        case .maxAbs, .meanAbs, .rmse, .flip, .flip95, .pixelsOver, .shareOver: true
        case .psnr, .ssim, .msSSIM, .idSimilarity, .faces, .boxOverlap, .pass: false
        }
    }
}
