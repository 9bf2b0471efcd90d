import Imaging

/// The words of captions and prompts: for each value, the usual phrase first, then other ways to say it.
enum SceneVocabulary {
    static func phrases(_ style: FaceStyle) -> [String] {
        switch style {
        case .photo: ["photo style", "photo", "photograph"]
        case .watercolor: ["watercolor style", "watercolor", "watercolor painting"]
        case .pixelArt: ["pixel art style", "pixel art"]
        case .neon: ["neon style", "neon"]
        case .pencilSketch: ["pencil sketch style", "pencil sketch", "pencil drawing"]
        case .oil: ["oil painting style", "oil painting"]
        case .poster: ["poster style", "poster"]
        case .cartoon: ["cartoon style", "cartoon"]
        }
    }

    static func phrases(_ expression: Expression) -> [String] {
        switch expression {
        case .neutral: ["neutral"]
        case .smile: ["smiling", "smile"]
        case .laugh: ["laughing"]
        case .surprised: ["surprised"]
        case .sad: ["sad"]
        case .angry: ["angry"]
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
        case .left: ["looking left"]
        case .front: ["front view"]
        case .right: ["looking right"]
        }
    }

    static func phrases(_ framing: Framing) -> [String] {
        switch framing {
        case .closeUp: ["close-up", "close up"]
        case .medium: ["medium shot"]
        case .far: ["far away"]
        }
    }

    static func phrases(_ light: Light) -> [String] {
        switch light {
        case .front: ["soft light"]
        case .left: ["light from the left", "light from left"]
        case .right: ["light from the right", "light from right"]
        case .warm: ["warm light"]
        case .cool: ["cool light"]
        }
    }

    static func phrases(_ background: Backdrop) -> [String] {
        switch background {
        case .plain: ["plain background"]
        case .studio: ["studio background", "in a studio"]
        case .park: ["park background", "in a park"]
        case .city: ["city background", "in a city"]
        case .beach: ["beach background", "at the beach"]
        case .night: ["night background", "at night"]
        case .library: ["library background", "in a library"]
        }
    }

    /// Another spelling of a word, as prompts may have it.
    static let spellings = ["gray": "grey", "watercolour": "watercolor", "tshirt": "t-shirt"]

    /// Words that say nothing about a scene.
    static let fillers: Set<String> = [
        "a", "an", "the", "portrait", "of", "person", "someone", "with", "wearing", "in", "at", "on", "and", "style",
        "color", "background",
    ]
}
