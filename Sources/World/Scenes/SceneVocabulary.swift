import Imaging

/// The words of captions and prompts: for each value, the usual phrase first, then other ways to say it.
enum SceneVocabulary {
    static func phrases(_ style: FaceStyle) -> [String] {
        switch style {
        case .photo: ["photo style", "photo", "photograph"]
        case .watercolor: ["watercolor style", "watercolor", "watercolor painting"]
        case .pixelArt: ["pixel art style", "pixel art", "pixel art picture"]
        case .neon: ["neon style", "neon", "neon light drawing"]
        case .pencilSketch: ["pencil sketch style", "pencil sketch", "pencil drawing"]
        case .oil: ["oil painting style", "oil painting", "painting in oil"]
        case .poster: ["poster style", "poster", "printed poster"]
        case .cartoon: ["cartoon style", "cartoon", "cartoon drawing"]
        case .anime: ["anime style", "anime", "anime drawing"]
        case .oilPortrait: ["oil portrait style", "oil portrait", "old master portrait"]
        case .clay: ["clay style", "clay", "clay figure"]
        }
    }

    static func phrases(_ expression: Expression) -> [String] {
        switch expression {
        case .neutral: ["neutral", "neutral expression", "with a neutral face"]
        case .smile: ["smiling", "smile", "with a smile"]
        case .laugh: ["laughing", "with a laugh"]
        case .surprised: ["surprised", "looking surprised"]
        case .sad: ["sad", "looking sad"]
        case .angry: ["angry", "looking angry"]
        }
    }

    static func phrases(_ accessory: Accessory) -> [String] {
        switch accessory {
        case .none: []
        case .glasses, .sunglasses, .headphones, .earrings:
            ["wearing \(accessory.rawValue)", "with \(accessory.rawValue)", accessory.rawValue]
        case .hat, .beanie:
            ["wearing a \(accessory.rawValue)", "with a \(accessory.rawValue)", accessory.rawValue]
        }
    }

    static func phrases(_ view: View) -> [String] {
        switch view {
        case .left: ["looking left", "turned to the left"]
        case .front: ["front view", "from the front", "looking at the viewer"]
        case .right: ["looking right", "turned to the right"]
        }
    }

    static func phrases(_ framing: Framing) -> [String] {
        switch framing {
        case .closeUp: ["close-up", "close up", "seen from close"]
        case .medium: ["medium shot", "seen from a medium distance"]
        case .far: ["far away", "seen from far away"]
        }
    }

    static func phrases(_ light: Light) -> [String] {
        switch light {
        case .front: ["soft light", "in soft light"]
        case .left: ["light from the left", "light from left"]
        case .right: ["light from the right", "light from right"]
        case .warm: ["warm light", "in warm light"]
        case .cool: ["cool light", "in cool light"]
        }
    }

    static func phrases(_ background: Backdrop) -> [String] {
        switch background {
        case .plain: ["plain background"]
        case .studio: ["studio background", "in a studio"]
        case .park: ["park background", "in a park", "trees in the background"]
        case .city: ["city background", "in a city", "in the city"]
        case .beach: ["beach background", "at the beach", "by the sea"]
        case .night: ["night background", "at night"]
        case .library: ["library background", "in a library", "books in the background"]
        case .mountains: ["mountains background", "in the mountains", "mountains in the background"]
        case .garden: ["garden background", "in a garden", "flowers in the background"]
        case .snow: ["snow background", "in the snow", "in winter"]
        case .cafe: ["cafe background", "in a cafe"]
        }
    }

    /// What a caption begins with.
    static let openings = ["a portrait", "portrait of a person", "a picture of a person", "a person"]

    /// Another spelling of a word, as prompts may have it.
    static let spellings = ["gray": "grey", "watercolour": "watercolor", "tshirt": "t-shirt", "café": "cafe"]

    /// Words that say nothing about a scene.
    static let fillers: Set<String> = [
        "a", "an", "the", "portrait", "of", "person", "someone", "with", "wearing", "in", "at", "on", "and", "style",
        "color", "background", "picture", "is", "man", "woman", "child",
    ]
}
