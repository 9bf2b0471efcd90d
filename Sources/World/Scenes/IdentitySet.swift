import Imaging
import Kernels

/// Groups of people without a member in common: whoever a model is tested on, no model has been trained on.
public enum IdentitySet: String, CaseIterable, Sendable {
    /// For the pictures of the base models, the encoder's recogniser, detector and parser, and PuLID.
    case training
    /// For the recogniser in the identity loss.
    case lossNet = "loss net"
    /// For the recogniser that evaluates.
    case evaluationNet = "evaluation net"
    /// For gates and early stopping: seen by no training.
    case validation
    /// Div-60: as in training, but every hair style, hair colour and skin evenly often.
    case diverse
    /// Shift-25: with traits that are rare in training.
    case shifted
    /// Others to be told apart from, so that a test of rank 1 is among 100 people together with the two above.
    case gallery

    /// How many people it has.
    public var count: Int {
        switch self {
        case .training: 4000
        case .lossNet, .evaluationNet: 2000
        case .validation: 100
        case .diverse: 60
        case .shifted: 25
        case .gallery: 15
        }
    }

    private var prior: IdentityPrior { self == .shifted ? .shifted : .world }

    /// No two members of any sets have the same seed: the upper half names the set, the lower the member.
    func seed(of number: Int) -> UInt64 {
        let set: UInt64 =
            switch self {
            case .training: 1
            case .lossNet: 2
            case .evaluationNet: 3
            case .validation: 4
            case .diverse: 5
            case .shifted: 6
            case .gallery: 7
            }
        return set << 32 | UInt64(number)
    }

    /// Member `number`, 0..<`count`.
    public subscript(number: Int) -> FaceIdentity {
        require((0..<count).contains(number), "\(self) has no member \(number), only \(count)")
        var identity = FaceIdentity(seed: seed(of: number), prior: prior)
        guard self == .diverse else { return identity }
        // Steps without a common divisor with the list's length visit every entry, and lists of different lengths
        // every pair sooner or later.
        identity.hairStyle = HairStyle.allCases[number * 5 % HairStyle.allCases.count]
        identity.hairColor = HairColor.allCases[number * 3 % HairColor.allCases.count]
        identity.skin = SkinTone.allCases[number * 3 % SkinTone.allCases.count]
        if !identity.hairStyle.isShort { identity.beard = .none }
        return identity
    }
}
