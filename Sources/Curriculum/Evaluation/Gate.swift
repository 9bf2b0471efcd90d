/// What a network has to reach before it is worth building on.
public enum Gate: String, CaseIterable, Sendable {
    /// The peak signal-to-noise ratio of pictures that went through the VAE, in dB.
    case reconstruction = "vae_psnr"
    /// The cosine between faces and what the VAE makes of them, by the recogniser that measures.
    case reconstructedLikeness = "vae_likeness"
    /// The share of pairs of photos of one person that pass where one in a hundred of two people's would: by the
    /// recogniser that PuLID sees people through, by the loss's, and by the one that measures.
    case recognizer
    case lossNet = "loss_net"
    case evaluationNet = "evaluation_net"
    /// The share of what can be seen in a drawn picture that the probe reads right.
    case probe
    /// The share of what prompts name that the probe sees in the base model's pictures, in 25 guided steps.
    case base
    /// The same of the student's, in four steps.
    case student
    /// The share of faces that the detector finds.
    case detector
    /// How far its landmarks are off, as fractions of the distance between the eyes.
    case landmarkError = "landmark_error"
    /// The share of pixels that the parser labels right.
    case parser

    /// What is wanted: at least so much, of an error at most.
    public var wanted: Double {
        switch self {
        case .reconstruction: 27
        case .reconstructedLikeness, .base, .parser: 0.9
        case .recognizer, .lossNet, .evaluationNet, .probe, .detector: 0.95
        case .student: 0.85
        case .landmarkError: 0.05
        }
    }

    public func isPassed(by value: Double) -> Bool { self == .landmarkError ? value <= wanted : value >= wanted }
}
