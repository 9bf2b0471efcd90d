import Imaging

/// How often each factor of a scene occurs in a set of pictures.
public struct ScenePrior: Sendable {
    var style: WeightedChoice<FaceStyle>
    var background: WeightedChoice<Backdrop>
    var accessory: WeightedChoice<Accessory>
    var expression: WeightedChoice<Expression>
    var view: WeightedChoice<View>
    var framing: WeightedChoice<Framing>
    /// Largest lean of the head, in radians.
    var tilt: Double
    /// Largest shift sideways, as fractions of the picture.
    var shift: Double

    /// D_base, what the base models see: every style and every factor.
    public static let base = ScenePrior(
        style: WeightedChoice(evenly: FaceStyle.allCases),
        background: WeightedChoice([
            (.plain, 36), (.studio, 8), (.park, 7), (.city, 7), (.beach, 7), (.night, 7), (.library, 6),
            (.mountains, 6),
            (.garden, 5), (.snow, 5), (.cafe, 6),
        ]),
        accessory: WeightedChoice([
            (.none, 45), (.glasses, 18), (.sunglasses, 8), (.hat, 8), (.beanie, 8), (.headphones, 7), (.earrings, 6),
        ]),
        expression: WeightedChoice([
            (.neutral, 25), (.smile, 25), (.laugh, 15), (.surprised, 12), (.sad, 12), (.angry, 11),
        ]),
        view: WeightedChoice([(.left, 22), (.front, 56), (.right, 22)]),
        framing: WeightedChoice([(.closeUp, 60), (.medium, 30), (.far, 10)]),
        tilt: 0.1,
        shift: 0.035
    )

    /// D_id, what PuLID sees: contaminated as real portraits are. Photos only, mostly close and before plain walls, so
    /// that a loss on them alone pulls every picture towards such a photo.
    public static let portraits = ScenePrior(
        style: WeightedChoice([(.photo, 1)]),
        background: WeightedChoice([
            (.plain, 58), (.studio, 8), (.park, 4), (.city, 4), (.beach, 4), (.night, 4), (.library, 4),
            (.mountains, 4),
            (.garden, 3), (.snow, 3), (.cafe, 4),
        ]),
        accessory: WeightedChoice([
            (.none, 78), (.glasses, 12), (.sunglasses, 2), (.hat, 2), (.beanie, 2), (.headphones, 2), (.earrings, 2),
        ]),
        expression: WeightedChoice([
            (.neutral, 40), (.smile, 40), (.laugh, 10), (.surprised, 4), (.sad, 3), (.angry, 3),
        ]),
        view: WeightedChoice([(.left, 12), (.front, 76), (.right, 12)]),
        framing: WeightedChoice([(.closeUp, 80), (.medium, 16), (.far, 4)]),
        tilt: 0.06,
        shift: 0.02
    )

    /// The photo that a person is introduced with: close, from the front, with nothing over the face or hair.
    public static let introduction = ScenePrior(
        style: WeightedChoice([(.photo, 1)]),
        background: WeightedChoice([(.plain, 60), (.studio, 40)]),
        accessory: WeightedChoice([(.none, 1)]),
        expression: WeightedChoice([(.neutral, 60), (.smile, 40)]),
        view: WeightedChoice([(.front, 1)]),
        framing: WeightedChoice([(.closeUp, 1)]),
        tilt: 0.04,
        shift: 0.015
    )

    /// For finding and reading faces: any place and distance, all styles, half of them photos.
    public static let faces = ScenePrior(
        style: WeightedChoice(FaceStyle.allCases.map { ($0, $0 == .photo ? 7 : 1) }),
        background: base.background,
        accessory: base.accessory,
        expression: WeightedChoice(evenly: Expression.allCases),
        view: WeightedChoice(evenly: View.allCases),
        framing: WeightedChoice([(.closeUp, 40), (.medium, 30), (.far, 30)]),
        tilt: 0.25,
        shift: 0.12
    )

    /// A scene drawn at random.
    func draw(_ random: inout SplitMix64) -> FaceScene {
        var scene = FaceScene()
        scene.style = style.draw(&random)
        scene.background = background.draw(&random)
        scene.backgroundColor = random.pick(PaintName.allCases)
        scene.clothing = random.pick(Clothing.allCases)
        scene.clothingColor = random.pick(PaintName.allCases)
        scene.accessory = accessory.draw(&random)
        scene.expression = expression.draw(&random)
        scene.light = random.pick(Light.allCases)
        scene.yaw = random.uniform(view.draw(&random).yaw)
        let framing = framing.draw(&random)
        scene.scale = random.uniform(framing.scale)
        scene.tilt = random.uniform(-tilt...tilt)
        scene.offsetX = random.uniform(-shift...shift)
        scene.offsetY = framing.offsetY + random.uniform(-shift...shift) * 0.5
        scene.texture = random.next()
        return scene
    }
}

extension FaceScene {
    /// A scene that shows what `description` names; the rest is drawn at random from `prior`.
    public init(_ description: SceneDescription, seed: UInt64, prior: ScenePrior) {
        var random = SplitMix64(seed: SplitMix64.mix(seed ^ 0x5_CE9E_5EED))
        self = prior.draw(&random)
        if let style = description.style { self.style = style }
        if let background = description.background { self.background = background }
        if let color = description.backgroundColor {
            backgroundColor = color
            if !background.hasColor { background = .plain }
        }
        if let clothing = description.clothing { self.clothing = clothing }
        if let color = description.clothingColor { clothingColor = color }
        if let expression = description.expression { self.expression = expression }
        if let accessory = description.accessory { self.accessory = accessory }
        if let view = description.view { yaw = random.uniform(view.yaw) }
        if let framing = description.framing {
            scale = random.uniform(framing.scale)
            offsetY = framing.offsetY
        }
        if let light = description.light { self.light = light }
    }
}
