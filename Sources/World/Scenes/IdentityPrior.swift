import Imaging

/// How often each trait occurs among the people of the small world.
///
/// `FaceIdentity(seed:)` takes all traits alike. These priors lean towards what tells people apart in a picture of 64
/// pixels: the outline and colour of the hair first, then skin, beard and the width of the face; and eyes are large.
public struct IdentityPrior: Sendable {
    var skin: WeightedChoice<SkinTone>
    var hairColor: WeightedChoice<HairColor>
    var hairStyle: WeightedChoice<HairStyle>
    /// Half the width at the cheekbones.
    var faceWidth: [ClosedRange<Double>]
    /// The share of people with a beard, by whether their hair is short.
    var beardShare: (short: Double, long: Double)
    var freckledShare: Double

    /// The people that models are trained on, and most that they are tested on.
    public static let world = IdentityPrior(
        skin: WeightedChoice(evenly: SkinTone.allCases),
        hairColor: WeightedChoice([
            (.black, 15), (.darkBrown, 8), (.brown, 11), (.auburn, 9), (.red, 12), (.blond, 14), (.grey, 5),
            (.white, 7), (.pink, 7), (.blue, 7), (.green, 5),
        ]),
        hairStyle: WeightedChoice([
            (.bald, 4), (.buzz, 3), (.sidePart, 8), (.quiff, 9), (.curly, 10), (.bob, 9), (.fringe, 8), (.long, 8),
            (.wavy, 9), (.afro, 10), (.bun, 8), (.pigtails, 7), (.mohawk, 7),
        ]),
        faceWidth: [0.65...0.81],
        beardShare: (short: 0.5, long: 0.04),
        freckledShare: 0.25
    )

    /// Other people than `world`'s: traits that are rare there are the rule. Nothing is outside what `world` can draw,
    /// but together they seldom occur, which is what a test away from the training data needs.
    public static let shifted = IdentityPrior(
        skin: WeightedChoice([(.porcelain, 3), (.fair, 1), (.olive, 1), (.brown, 2), (.dark, 4)]),
        hairColor: WeightedChoice([(.grey, 3), (.white, 2), (.pink, 2), (.blue, 2), (.green, 3), (.auburn, 1)]),
        hairStyle: WeightedChoice([
            (.bald, 2), (.buzz, 2), (.mohawk, 3), (.pigtails, 3), (.bun, 2), (.fringe, 2), (.long, 2), (.sidePart, 1),
        ]),
        faceWidth: [0.65...0.675, 0.785...0.81],
        beardShare: (short: 0.75, long: 0.2),
        freckledShare: 0.6
    )
}

extension FaceIdentity {
    /// A person of the small world. Different seeds are different people.
    public init(seed: UInt64, prior: IdentityPrior) {
        var random = SplitMix64(seed: SplitMix64.mix(seed ^ 0x1_DE70_F1FE))
        self.init()
        skin = prior.skin.draw(&random)
        undertone = random.uniform(-1...1)
        faceWidth = random.uniform(random.pick(prior.faceWidth))
        jaw = random.uniform(0...1)
        chin = random.uniform(-0.06...0.1)
        cheeks = random.uniform(0...1)
        earSize = random.uniform(0.8...1.3)

        eyeColor = random.pick(EyeColor.allCases)
        eyeSpacing = faceWidth * random.uniform(0.45...0.5)
        // A fifth larger than `FaceIdentity(seed:)` has them, as far as there is room beside the nose.
        eyeSize = min(random.uniform(0.165...0.225), eyeSpacing - 0.115)
        eyeRoundness = random.uniform(0.5...0.74)
        eyeTilt = random.uniform(-0.14...0.2)
        lashes = random.uniform(0.4...1.4)
        browThickness = random.uniform(0.04...0.1)
        browArch = random.uniform(0...1)
        browHeight = random.uniform(0.25...0.33)

        noseLength = random.uniform(0.36...0.48)
        noseWidth = random.uniform(0.095...0.165)
        noseBridge = random.uniform(0...1)
        mouthWidth = random.uniform(0.2...0.285)
        lipFullness = random.uniform(0.05...0.095)
        lipColor = random.uniform(0.1...1)

        hairStyle = prior.hairStyle.draw(&random)
        hairColor = prior.hairColor.draw(&random)
        hairVolume = random.uniform(0...1)
        partingSide = random.chance(0.5) ? 1 : -1
        let share = hairStyle.isShort ? prior.beardShare.short : prior.beardShare.long
        let anyBeard = WeightedChoice<Beard>([(.stubble, 1), (.moustache, 2), (.goatee, 2), (.full, 4)]).draw(&random)
        beard = random.chance(share) ? anyBeard : .none
        let manyFreckles = random.uniform(0.4...1)
        freckles = random.chance(prior.freckledShare) ? manyFreckles : 0
        mole = random.pick([.none, .none, .none, .cheek, .lip, .chin])
        // Mixing maps different numbers to different numbers, so no two people are equal in every trait.
        texture = SplitMix64.mix(seed)
        grow(to: FaceIdentity.drawnAge(texture))
    }
}

extension HairStyle {
    /// Ends above the chin.
    var isShort: Bool {
        switch self {
        case .bald, .buzz, .sidePart, .quiff, .curly, .afro, .mohawk: true
        case .bob, .fringe, .long, .wavy, .bun, .pigtails: false
        }
    }
}
