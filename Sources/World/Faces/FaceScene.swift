import Imaging

/// Everything in a picture of a person that is not the person.
public struct FaceScene: Equatable, Sendable {
    public var style = FaceStyle.photo
    public var background = Backdrop.studio
    public var backgroundColor = PaintName.teal
    public var clothing = Clothing.shirt
    public var clothingColor = PaintName.blue
    public var accessory = Accessory.none
    public var expression = Expression.neutral
    public var light = Light.left

    /// Turn of the head in radians, positive to the right of the picture; -0.5...0.5
    public var yaw = 0.0
    /// Lean of the head in radians, clockwise; -0.3...0.3
    public var tilt = 0.0
    /// How far the face is moved, as fractions of the picture; -0.25...0.25
    public var offsetX = 0.0
    public var offsetY = 0.0
    /// 1: the whole head with the eyes at 38 % of the height. Above 1 closer, below 1 farther away; 0.3...1.6
    public var scale = 1.0
    /// How much is drawn of what only many pixels can show: 0 nothing, 1 all that there is room for
    public var detail = 1.0
    /// Drives what has no name: single leaves, windows, brush strokes.
    public var texture: UInt64 = 0

    public init() {}

    /// A scene drawn at random, in `style` or in any.
    public init(seed: UInt64, style: FaceStyle? = nil) {
        var random = SplitMix64(seed: SplitMix64.mix(seed ^ 0x5CE_7E5))
        let anyStyle = random.pick(FaceStyle.allCases)
        self.style = style ?? anyStyle
        background = random.pick(Backdrop.allCases)
        backgroundColor = random.pick(PaintName.allCases)
        clothing = random.pick(Clothing.allCases)
        clothingColor = random.pick(PaintName.allCases)
        accessory = random.chance(0.4) ? random.pick(Accessory.allCases) : .none
        expression = random.pick(Expression.allCases)
        light = random.pick(Light.allCases)
        yaw = random.uniform(-0.35...0.35)
        tilt = random.uniform(-0.12...0.12)
        offsetX = random.uniform(-0.04...0.04)
        offsetY = random.uniform(-0.02...0.04)
        scale = random.uniform(0.85...1.08)
        texture = random.next()
    }
}

public enum FaceStyle: String, CaseIterable, Sendable {
    case photo, watercolor, pixelArt = "pixel art", neon, pencilSketch = "pencil sketch", oil = "oil painting", poster,
        cartoon, anime, oilPortrait = "oil portrait", clay
}

public enum Backdrop: String, CaseIterable, Sendable {
    case plain, studio, park, city, beach, night, library, mountains, garden, snow, cafe
}

public enum Clothing: String, CaseIterable, Sendable {
    case tShirt = "t-shirt", shirt, hoodie, turtleneck
}

public enum Accessory: String, CaseIterable, Sendable {
    case none, glasses, sunglasses, hat, beanie, headphones, earrings
}

public enum Expression: String, CaseIterable, Sendable {
    case neutral, smile, laugh, surprised, sad, angry
}

/// Where the light comes from, as seen on the picture, and its tint.
public enum Light: String, CaseIterable, Sendable {
    case front, left, right, warm, cool

    /// -1 from the left ... 1 from the right
    var direction: Double {
        switch self {
        case .front: 0
        case .left, .warm: -1
        case .right, .cool: 1
        }
    }

    /// What it multiplies red, green and blue by.
    var tint: SIMD3<Float> {
        switch self {
        case .front, .left, .right: SIMD3(1, 1, 1)
        case .warm: SIMD3(1.05, 0.99, 0.88)
        case .cool: SIMD3(0.91, 0.98, 1.07)
        }
    }
}

/// Colours that a prompt can name.
public enum PaintName: String, CaseIterable, Sendable {
    case red, orange, yellow, green, teal, blue, purple, pink, white, grey, black

    var color: Color {
        switch self {
        case .red: Color(hex: 0xC4403B)
        case .orange: Color(hex: 0xE58A3C)
        case .yellow: Color(hex: 0xEBC658)
        case .green: Color(hex: 0x5C9A5A)
        case .teal: Color(hex: 0x4E9C9B)
        case .blue: Color(hex: 0x3F6FB5)
        case .purple: Color(hex: 0x7E5AA6)
        case .pink: Color(hex: 0xDF8CA6)
        case .white: Color(hex: 0xECE9E2)
        case .grey: Color(hex: 0x8C9199)
        case .black: Color(hex: 0x2C2C34)
        }
    }
}
