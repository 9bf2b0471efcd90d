import Imaging

/// Who a drawn face is: everything that stays the same from one picture of a person to the next.
///
/// Lengths are in face units: half the head's height is 1, and the eyes lie half way between crown and chin.
public struct FaceIdentity: Equatable, Sendable {
    public var skin = SkinTone.medium
    /// -1 cool and rosy ... 1 warm and golden
    public var undertone = 0.0

    /// Half the width at the cheekbones, 0.64...0.82
    public var faceWidth = 0.72
    /// 0 pointed ... 1 square
    public var jaw = 0.5
    /// -0.06 short ... 0.1 long
    public var chin = 0.0
    /// 0 hollow ... 1 round
    public var cheeks = 0.5
    /// 0.8 small ... 1.3 large
    public var earSize = 1.0

    public var eyeColor = EyeColor.brown
    /// From the middle to each eye, 0.28...0.37
    public var eyeSpacing = 0.325
    /// Half the width of an eye, 0.135...0.185
    public var eyeSize = 0.16
    /// Height over width of an open eye, 0.42...0.68
    public var eyeRoundness = 0.55
    /// Outer corners up (positive) or down, in radians, -0.14...0.2
    public var eyeTilt = 0.04
    /// 0.4 short ... 1.4 long
    public var lashes = 0.8

    /// 0.035 thin ... 0.085 bushy
    public var browThickness = 0.055
    /// 0 straight ... 1 arched
    public var browArch = 0.5
    /// Above the eyes, 0.21...0.30
    public var browHeight = 0.25

    /// Where the tip is below the eyes, 0.36...0.48
    public var noseLength = 0.42
    /// Half the width of the wings, 0.095...0.165
    public var noseWidth = 0.125
    /// 0 flat ... 1 sharp bridge
    public var noseBridge = 0.5

    /// Half the width, 0.2...0.3
    public var mouthWidth = 0.25
    /// Height of one lip, 0.045...0.1
    public var lipFullness = 0.07
    /// 0 as the skin ... 1 red
    public var lipColor = 0.45

    public var hairStyle = HairStyle.sidePart
    public var hairColor = HairColor.brown
    /// 0 close to the head ... 1 full
    public var hairVolume = 0.5
    /// The side of the parting: -1 or 1
    public var partingSide = 1.0

    public var beard = Beard.none
    /// 0 none ... 1 many
    public var freckles = 0.0
    public var mole = Mole.none
    /// 0 a child, 0.2 ... 0.5 grown up, 1 old; set by `grow(to:)`, which changes the face as well
    public var age = 0.35
    /// Drives what has no name: single strands, the places of freckles.
    public var texture: UInt64 = 0

    public init() {}

    /// A person drawn at random; every seed is a different one.
    public init(seed: UInt64) {
        var random = SplitMix64(seed: SplitMix64.mix(seed ^ 0x5EED_FACE))
        skin = random.pick(SkinTone.allCases)
        undertone = random.uniform(-1...1)
        faceWidth = random.uniform(0.64...0.82)
        jaw = random.uniform(0...1)
        chin = random.uniform(-0.06...0.1)
        cheeks = random.uniform(0...1)
        earSize = random.uniform(0.8...1.3)
        eyeColor = random.pick(EyeColor.allCases)
        eyeSpacing = faceWidth * random.uniform(0.42...0.475)
        eyeSize = random.uniform(0.135...0.185)
        eyeRoundness = random.uniform(0.42...0.68)
        eyeTilt = random.uniform(-0.14...0.2)
        lashes = random.uniform(0.4...1.4)
        browThickness = random.uniform(0.035...0.085)
        browArch = random.uniform(0...1)
        browHeight = random.uniform(0.21...0.30)
        noseLength = random.uniform(0.36...0.48)
        noseWidth = random.uniform(0.095...0.165)
        noseBridge = random.uniform(0...1)
        mouthWidth = random.uniform(0.2...0.3)
        lipFullness = random.uniform(0.045...0.1)
        lipColor = random.uniform(0.1...1)
        hairStyle = random.pick(HairStyle.allCases)
        hairColor = random.pick(HairColor.allCases)
        hairVolume = random.uniform(0...1)
        partingSide = random.chance(0.5) ? 1 : -1
        beard = random.chance(0.35) ? random.pick([.stubble, .moustache, .goatee, .full]) : .none
        freckles = random.chance(0.3) ? random.uniform(0.3...1) : 0
        mole = random.pick([.none, .none, .none, .cheek, .lip, .chin])
        texture = random.next()
    }
}

public enum SkinTone: String, CaseIterable, Sendable {
    case porcelain, fair, light, medium, olive, tan, brown, dark
}

public enum EyeColor: String, CaseIterable, Sendable {
    case blue, green, hazel, brown, dark, grey, amber
}

public enum HairStyle: String, CaseIterable, Sendable {
    case bald, buzz, sidePart = "side part", quiff, curly, bob, fringe, long, wavy, afro, bun, pigtails, mohawk
}

public enum HairColor: String, CaseIterable, Sendable {
    case black, darkBrown = "dark brown", brown, auburn, red, blond, grey, white, pink, blue, green
}

public enum Beard: String, CaseIterable, Sendable {
    case none, stubble, moustache, goatee, full
}

public enum Mole: String, CaseIterable, Sendable {
    case none, cheek, lip, chin
}
