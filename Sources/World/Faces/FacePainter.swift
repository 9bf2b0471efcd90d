import Imaging

/// Builds the drawing of a face from back to front. Each part has its own file.
struct FacePainter {
    let identity: FaceIdentity
    let scene: FaceScene
    let geometry: FaceGeometry
    let mood: Mood
    /// How much is drawn of what only many pixels can show: nothing in pictures of 64 pixels, 1 where a face has room.
    let fine: Double
    private(set) var shapes: [FaceShape] = []

    init(_ identity: FaceIdentity, _ scene: FaceScene, size: Int) {
        let identity = identity.drawn(in: scene.style)
        self.identity = identity
        self.scene = scene
        geometry = FaceGeometry(identity, scene, size: size)
        mood = Mood(scene.expression)
        let room = (geometry.unit - 24.5) / 8
        fine = room > 0 ? min(room, 1) * scene.detail : 0
        paintBackground()
        paintBackHair()
        paintNeck()
        paintClothing()
        paintEars()
        paintHead()
        paintAge()
        paintNose()
        paintMouth()
        paintBeard()
        paintEyes()
        paintBrows()
        paintHairShadow()
        paintFrontHair()
        paintAccessory()
    }

    mutating func add(_ path: Path, _ paint: Paint, _ part: FacePart, _ role: FaceShape.Role, clip: Path? = nil) {
        shapes.append(FaceShape(path: path, paint: paint, part: part, role: role, clip: clip))
    }

    /// A soft spot of light or shade. `center` is in pixels, the radii in face units.
    mutating func addGlow(
        at center: Point,
        _ radiusX: Double,
        _ radiusY: Double,
        angle: Double = 0,
        _ color: Color,
        _ part: FacePart,
        clip: Path?
    ) {
        let (rx, ry) = (radiusX * geometry.unit, radiusY * geometry.unit)
        add(
            .ellipse(center: center, radiusX: rx, radiusY: ry, angle: angle),
            .glow(center: center, radiusX: rx, radiusY: ry, angle: angle, color),
            part,
            .shading,
            clip: clip
        )
    }

    /// Lit on the side of the light and in shade on the other, between two points in face units.
    func lit(_ color: Color, halfWidth: Double, top: Double, bottom: Double, contrast: Float = 1) -> Paint {
        let d = scene.light.direction
        let from = geometry.body(Point(d * halfWidth, top))
        let to = geometry.body(Point(-d * halfWidth, bottom))
        return .linear(
            from: from,
            to: to,
            stops: [
                .init(0, color.lightened(0.16 * contrast)),
                .init(0.45, color),
                .init(1, color.shaded(0.24 * contrast)),
            ]
        )
    }

    /// Places of strands and freckles: the same for the same person, whatever the scene.
    func identityRandom(_ purpose: UInt64) -> SplitMix64 {
        SplitMix64(seed: SplitMix64.mix(identity.texture &+ purpose))
    }

    func sceneRandom(_ purpose: UInt64) -> SplitMix64 {
        SplitMix64(seed: SplitMix64.mix(scene.texture &+ purpose &* 0x1234_5677))
    }
}

/// What an expression does to each feature.
struct Mood {
    /// Corners of the mouth up (positive) or down, in face units.
    var smile = 0.0
    /// Height of the open mouth, in face units.
    var opening = 0.0
    /// The mouth's width, relative.
    var stretch = 1.0
    var showsTeeth = false
    /// How far the lids are open, relative.
    var lids = 1.0
    /// Brows up, in face units.
    var browLift = 0.0
    /// Inner ends of the brows down (positive, anger) or up (sorrow), in face units.
    var frown = 0.0

    init(_ expression: Expression) {
        switch expression {
        case .neutral: break
        case .smile: (smile, stretch, lids, browLift) = (0.075, 1.14, 0.88, 0.012)
        case .laugh:
            (smile, stretch, lids, browLift) = (0.085, 1.22, 0.66, 0.025)
            (opening, showsTeeth) = (0.15, true)
        case .surprised: (opening, stretch, lids, browLift) = (0.19, 0.62, 1.22, 0.085)
        case .sad: (smile, stretch, lids, frown) = (-0.055, 0.92, 0.8, -0.065)
        case .angry: (smile, stretch, lids, frown, browLift) = (-0.04, 0.95, 0.84, 0.085, -0.03)
        }
    }
}
