import Imaging
import Testing
import World

@Suite struct CaptionTests {
    private func description(_ seed: UInt64) -> SceneDescription {
        SceneDescription(FaceScene(SceneDescription(), seed: seed, prior: .base))
    }

    @Test func everyClauseInItsPlace() {
        var scene = FaceScene()
        (scene.style, scene.clothing, scene.clothingColor) = (.watercolor, .shirt, .blue)
        (scene.background, scene.backgroundColor) = (.plain, .yellow)
        (scene.expression, scene.accessory, scene.light) = (.smile, .glasses, .front)
        (scene.yaw, scene.scale) = (-0.3, 1.1)
        #expect(
            CaptionWriter.full.caption(SceneDescription(scene))
                == "a portrait, watercolor style, blue shirt, yellow background, smiling, wearing glasses, "
                + "looking left, close-up, soft light"
        )
    }

    /// A colour that a style does not show is not in the caption, nor is a wall that nobody sees.
    @Test func onlyWhatIsToBeSeen() {
        var scene = FaceScene()
        (scene.clothing, scene.clothingColor) = (.hoodie, .green)
        func caption(_ style: FaceStyle, _ background: Backdrop) -> String {
            (scene.style, scene.background, scene.backgroundColor) = (style, background, .orange)
            return CaptionWriter.full.caption(SceneDescription(scene))
        }
        let end = "neutral, front view, medium shot, light from the left"
        scene.scale = 0.9
        #expect(caption(.pencilSketch, .plain) == "a portrait, pencil sketch style, hoodie, \(end)")
        #expect(caption(.pencilSketch, .park) == "a portrait, pencil sketch style, hoodie, park background, \(end)")
        #expect(caption(.neon, .studio) == "a portrait, neon style, green hoodie, \(end)")
        #expect(caption(.poster, .beach) == "a portrait, poster style, green hoodie, orange background, \(end)")
        #expect(caption(.photo, .studio) == "a portrait, photo style, green hoodie, orange studio background, \(end)")
        #expect(caption(.oil, .beach) == "a portrait, oil painting style, green hoodie, beach background, \(end)")
    }

    @Test func captionsOfFixedSeeds() {
        let base = WorldDataset(.base, size: 16, seed: 11, count: 8)
        #expect(
            (0..<6).map { base[$0].caption } == [
                "a portrait, neon style, green turtleneck, beach background, smiling",
                "a portrait, pixel art style, white hoodie, purple studio background, neutral, front view, close-up, light from the right",
                "a portrait, oil painting style, pink background, neutral, wearing a hat, front view, light from the right",
                "a portrait, pencil sketch style, smile, medium shot, light from the right",
                "a portrait, poster style, yellow background, sad, cool light",
                "a portrait, watercolor style, wearing a blue shirt, grey background, sad, wearing glasses, looking left, close-up, warm light",
            ]
        )
        let portraits = WorldDataset(.portraits, size: 16, seed: 11, count: 8)
        #expect(
            (0..<6).map { portraits[$0].caption } == [
                "a portrait, photo style, white turtleneck, yellow background, front view",
                "a portrait, grey turtleneck, medium shot, light from left",
                "a portrait, black turtleneck, cool light",
                "a portrait, photo, pink background, laughing, close-up",
                "a portrait, photo style, yellow background, laughing, front view, close-up",
                "a portrait, white hoodie, at the beach, front view, cool light",
            ]
        )
    }

    /// Words never say who it is: that is what the identity has to.
    @Test func neverAboutThePerson() {
        let data = WorldDataset(.base, size: 16, seed: 5, count: 150)
        let words = Set((0..<data.count).flatMap { data[$0].caption.split { " ,".contains($0) }.map(String.init) })
        let allowed = Set(
            """
            a an portrait style photo photograph watercolor painting pixel art neon pencil sketch drawing oil poster cartoon
            wearing with t-shirt shirt hoodie turtleneck red orange yellow green teal blue purple pink white grey black
            background in at the studio park city beach night library neutral smiling smile laughing surprised sad angry
            glasses sunglasses hat beanie headphones earrings looking left right front view close-up close up medium shot
            far away soft warm cool light from
            """.split { " \n".contains($0) }.map(String.init)
        )
        #expect(words.subtracting(allowed) == [])
        #expect(words.count > 60, "the vocabulary is in use")
    }

    @Test func whatIsWrittenIsRead() {
        for seed in 0..<400 as Range<UInt64> {
            let description = description(seed)
            let caption = CaptionWriter.full.caption(description)
            let reading = PromptReader.read(caption)
            #expect(reading.description == description && reading.unknownWords == [], "\(caption)")
        }
    }

    /// Synonyms and missing clauses: what is left still means the scene.
    @Test(arguments: [WorldDataset.Kind.base, .portraits])
    func captionsAreTrue(kind: WorldDataset.Kind) {
        let data = WorldDataset(kind, size: 16, seed: 9, count: 150)
        var named = 0
        for index in 0..<data.count {
            let picture = data[index]
            let reading = PromptReader.read(picture.caption)
            #expect(reading.unknownWords == [], "\(picture.caption)")
            let agreement = reading.description.agreement(with: SceneDescription(picture.scene))
            #expect(agreement.agreeing == agreement.named, "\(picture.caption)")
            named += agreement.named.count
        }
        let perCaption = Double(named) / Double(data.count)
        #expect((kind == .base ? 6.6...7.8 : 3.7...4.8).contains(perCaption), "\(perCaption) factors are named")
    }
}
