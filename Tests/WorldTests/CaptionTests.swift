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
                "a portrait, smiling, oil painting style, green turtleneck, night background",
                "a person, neon style, white hoodie, neutral, front view, close-up, light from right",
                "a portrait, cartoon style, pink background, with a neutral face, wearing a hat, front view, light from the right",
                "a portrait, oil painting style, pink background, smile, seen from a medium distance, light from the right",
                "a portrait, oil portrait style, sad, cool light",
                "a portrait, pixel art style, wearing a blue shirt, grey background, looking sad, wearing glasses, looking left, close-up, in warm light",
            ]
        )
        let portraits = WorldDataset(.portraits, size: 16, seed: 11, count: 8)
        #expect(
            (0..<6).map { portraits[$0].caption } == [
                "a portrait, white turtleneck, photo style, front view, yellow background",
                "a portrait, grey turtleneck, medium shot, light from left",
                "portrait of a person, black turtleneck, cool light",
                "a portrait, photo, pink background, laughing, close up",
                "portrait of a person, photo style, yellow background, with a laugh, front view, close-up",
                "a portrait, white hoodie, books in the background, from the front, in cool light",
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
            anime clay old master figure picture of person printed seen distance viewer turned to by is expression face laugh
            mountains garden snow cafe winter sea trees books flowers
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

    /// The same scene in other words and in another order, never the same words all the time.
    @Test func captionsDifferInWording() {
        let scene = FaceScene(SceneDescription(), seed: 3, prior: .base)
        var random = SplitMix64(seed: 1)
        let captions = (0..<200).map { _ in CaptionWriter.base.caption(SceneDescription(scene), &random) }
        let starts = Set(captions.map { $0.split(separator: ",")[0] })
        #expect(starts == ["a portrait", "portrait of a person", "a picture of a person", "a person"])
        let usual = captions.count { $0.hasPrefix("a portrait") }
        #expect((130...180).contains(usual), "\(usual) of 200 begin as usual")
        // The style comes first where the clauses are in order; in disorder it is anywhere.
        let styles = captions.filter { $0.contains("style") }
        let inOrder = styles.count { $0.split(separator: ", ").dropFirst().first?.hasSuffix("style") == true }
        #expect(inOrder > styles.count * 7 / 10 && inOrder < styles.count)
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
