import Imaging

/// The prompts of PuLID's training and evaluation, in the words of the small world.
public enum WorldPrompts {
    /// For the identity loss: the paper's "portrait, color, cinematic".
    public static let identityLoss = "a portrait, photo style"

    /// For the alignment loss: the paper's Table 8, 15 prompts about style and mood, the first that of the identity
    /// loss.
    public static let training = [
        identityLoss,
        "a portrait, anime style",  // anime artwork
        "a portrait, poster style, yellow background",  // comic art, graphic novel art
        "a portrait, oil portrait style",  // digital artwork, painterly, matte painting
        "a portrait, watercolor style, night background",  // celestial, ethereal, dreamy
        "a portrait, cartoon style, blue shirt, white background",  // sleek, minimalist, vector graphics
        "a portrait, neon style, city background",  // cyberpunk, neon
        "a portrait, oil painting style, red background, laughing",  // energetic brushwork, bold colors
        "a portrait, pencil sketch style, light from the left",  // film noir, monochrome, high contrast
        "a portrait, pixel art style, green background",  // papercut, mixed media
        "a portrait, clay style, orange background",  // paper mache, sculptural
        "a portrait, neon style, purple hoodie, night background",  // vaporwave, retro
        "a portrait, watercolor style",  // watercolor painting
        "a portrait, oil painting style, park background, soft light",  // impressionist painting
        "a portrait, pencil sketch style, sad",  // expressionist, raw, emotional
    ]

    /// For FaceSim: the paper's "portrait, color, cinematic, in garden, soft light, detailed face".
    public static let faceSimilarity = "a portrait, photo style, park background, soft light"

    /// What a prompt for evaluation asks for: the categories of the paper's Table 7.
    public enum Category: String, CaseIterable, Sendable {
        case clothing, accessory, action, attribute, view, background, style, complex
    }

    /// The prompts of evaluation: 20, none of them among those of training. The last three are of styles that pictures of
    /// 64 pixels have not been trained on.
    public static let evaluation: [(category: Category, prompt: String)] = [
        (.clothing, "a portrait, photo style, red turtleneck, studio background"),
        (.clothing, "a portrait, cartoon style, green hoodie, pink background"),
        (.accessory, "a portrait, photo style, teal background, wearing glasses"),
        (.accessory, "a portrait, watercolor style, white background, wearing a hat"),
        (.accessory, "a portrait, pixel art style, purple background, wearing headphones"),
        (.action, "a portrait, photo style, blue background, laughing"),
        (.action, "a portrait, oil painting style, teal background, looking left"),
        (.attribute, "a portrait, photo style, angry, light from the right"),
        (.view, "a portrait, photo style, beach background, looking right"),
        (.view, "a portrait, pencil sketch style, front view, close-up"),
        (.view, "a portrait, poster style, teal background, medium shot"),
        (.background, "a portrait, photo style, night background"),
        (.background, "a portrait, cartoon style, library background"),
        (.style, "a portrait, neon style, blue t-shirt, smiling"),
        (
            .complex,
            "a portrait, watercolor style, blue shirt, yellow background, smiling, wearing glasses, looking left"
        ),
        (
            .complex,
            "a portrait, oil painting style, green turtleneck, city background, sad, wearing earrings, warm light"
        ),
        (
            .complex,
            "a portrait, pixel art style, yellow t-shirt, beach background, laughing, wearing sunglasses, close-up"
        ),
        (.style, "a portrait, anime style, white shirt, garden background, surprised"),
        (.style, "a portrait, oil portrait style, red turtleneck"),
        (.style, "a portrait, clay style, orange background, smiling"),
    ]
}
