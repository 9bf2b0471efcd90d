import Elementary
import Imaging

/// Backgrounds, as fractions of the picture: (0, 0) is the upper left corner, (1, 1) the lower right.
extension FacePainter {
    mutating func paintBackground() {
        let color = scene.backgroundColor.color
        switch scene.background {
        case .plain: addSky(color, color)
        case .studio: addStudio(color)
        case .park: addPark()
        case .city: addCity()
        case .beach: addBeach()
        case .night: addNight()
        case .library: addLibrary()
        case .mountains: addMountains()
        case .garden: addGarden()
        case .snow: addSnow()
        case .cafe: addCafe()
        }
    }

    mutating func addSky(_ top: Color, _ bottom: Color) {
        let end = geometry.picture(Point(0, 1))
        add(
            .rectangle(x: -1, y: -1, width: geometry.size + 2, height: geometry.size + 2),
            top == bottom ? .color(top) : .linear(from: Point(0, 0), to: end, top, bottom),
            .background,
            .form
        )
    }

    mutating func addBlock(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ paint: Paint) {
        add(
            Path.rectangle(x: x, y: y, width: width, height: height).mapped(geometry.picture),
            paint,
            .background,
            .form
        )
    }

    mutating func addDisc(
        _ x: Double,
        _ y: Double,
        _ radius: Double,
        _ paint: Paint,
        _ role: FaceShape.Role = .form
    ) {
        add(
            .ellipse(
                center: geometry.picture(Point(x, y)),
                radiusX: radius * geometry.size,
                radiusY: radius * geometry.size
            ),
            paint,
            .background,
            role
        )
    }

    mutating func addHalo(_ x: Double, _ y: Double, _ radius: Double, _ color: Color) {
        let (center, r) = (geometry.picture(Point(x, y)), radius * geometry.size)
        addDisc(x, y, radius, .glow(center: center, radiusX: r, radiusY: r, color), .shading)
    }

    private mutating func addStudio(_ color: Color) {
        addSky(color.shaded(0.22), color.shaded(0.5))
        addHalo(0.5 + 0.16 * scene.light.direction, 0.38, 0.72, color.lightened(0.42))
    }

    private mutating func addPark() {
        var random = sceneRandom(50)
        addSky(Color(hex: 0xBFE0EE), Color(hex: 0xE9F2D8))
        for layer in 0..<3 {
            let depth = Double(layer)
            let base = Color(hex: [0x9CC48A, 0x6FA864, 0x4B8A4C][layer])
            for i in 0..<8 {
                let x = (Double(i) + random.uniform(-0.4...0.4)) / 7
                let radius = random.uniform(0.10...0.17)
                let shade = random.uniform(-0.08...0.12)
                addDisc(
                    x,
                    0.40 + 0.13 * depth + random.uniform(-0.06...0.06),
                    radius,
                    .color(shade > 0 ? base.lightened(Float(shade)) : base.shaded(Float(-shade)))
                )
            }
        }
        addBlock(-0.1, 0.72, 1.2, 0.4, .color(Color(hex: 0x7DB45E)))
        for _ in 0..<14 {
            addHalo(
                random.uniform(0...1),
                random.uniform(0.1...0.7),
                random.uniform(0.02...0.055),
                Color(hex: 0xFFF6C0).opacity(0.65)
            )
        }
    }

    private mutating func addCity() {
        var random = sceneRandom(51)
        addSky(Color(hex: 0x6D7FB8), Color(hex: 0xF4B183))
        addHalo(0.75, 0.55, 0.4, Color(hex: 0xFFE0A8))
        for layer in 0..<2 {
            let tint = Color(hex: [0x7C7396, 0x453F5C][layer])
            var x = -0.05
            while x < 1.05 {
                let (width, height) = (random.uniform(0.09...0.17), random.uniform(0.32...0.62) - 0.12 * Double(layer))
                addBlock(x, 1 - height, width - 0.008, height + 0.1, .color(tint))
                for row in 0..<8 {
                    for column in 0..<3 where random.chance(layer == 0 ? 0.2 : 0.42) {
                        let (wx, wy) = (x + 0.014 + Double(column) * 0.034, 1 - height + 0.03 + Double(row) * 0.052)
                        guard wx + 0.02 < x + width - 0.01 else { continue }
                        add(
                            Path.rectangle(x: wx, y: wy, width: 0.018, height: 0.026).mapped(geometry.picture),
                            .color(Color(hex: 0xFFD98A).opacity(0.85)),
                            .background,
                            .detail
                        )
                    }
                }
                x += width
            }
        }
    }

    private mutating func addBeach() {
        var random = sceneRandom(52)
        addSky(Color(hex: 0x63B4E0), Color(hex: 0xE4F3F4))
        let sun = random.chance(0.5) ? 0.14 : 0.86
        addHalo(sun, 0.15, 0.24, Color(hex: 0xFFF3C4))
        addDisc(sun, 0.15, 0.065, .color(Color(hex: 0xFFF2B8)))
        addBlock(
            -0.1,
            0.52,
            1.2,
            0.2,
            .linear(
                from: geometry.picture(Point(0, 0.52)),
                to: geometry.picture(Point(0, 0.7)),
                Color(hex: 0x2F8FB4),
                Color(hex: 0x7FD0CF)
            )
        )
        let shore = (0...24).map { i -> Point in
            let x = -0.1 + 1.2 * Double(i) / 24
            return geometry.picture(Point(x, 0.685 + 0.012 * Double.sin(x * 17)))
        }
        let sand = Path(shore + [Point(1.1, 1.2), Point(-0.1, 1.2)].map(geometry.picture))
        add(sand, .color(Color(hex: 0xEBD6A4)), .background, .form)
        add(Path(shore).stroked(width: 0.012 * geometry.size), .color(.white.opacity(0.8)), .background, .line)
        for _ in 0..<3 {
            let (x, y) = (random.uniform(0.05...0.8), random.uniform(0.12...0.36))
            for puff in 0..<4 {
                addHalo(
                    x + 0.05 * Double(puff),
                    y + random.uniform(-0.015...0.015),
                    random.uniform(0.05...0.08),
                    .white.opacity(0.9)
                )
            }
        }
    }

    private mutating func addNight() {
        var random = sceneRandom(53)
        addSky(Color(hex: 0x0F1738), Color(hex: 0x3A3B78))
        for _ in 0..<70 {
            addDisc(
                random.uniform(0...1),
                random.uniform(0...0.8),
                random.uniform(0.0015...0.0045),
                .color(.white.opacity(Float(random.uniform(0.5...1)))),
                .detail
            )
        }
        let moon = random.chance(0.5) ? 0.15 : 0.85
        addHalo(moon, 0.17, 0.22, Color(hex: 0xC9D6FF).opacity(0.7))
        addDisc(moon, 0.17, 0.075, .color(Color(hex: 0xF3F0DA)))
        addDisc(moon + 0.02, 0.155, 0.014, .color(Color(hex: 0xDDD8BC)), .detail)
        addDisc(moon - 0.025, 0.19, 0.02, .color(Color(hex: 0xDDD8BC)), .detail)
        let hills = (0...24).map { i -> Point in
            let x = -0.1 + 1.2 * Double(i) / 24
            return geometry.picture(Point(x, 0.76 + 0.05 * Double.sin(x * 7 + 1) + 0.02 * Double.sin(x * 19)))
        }
        add(
            Path(hills + [Point(1.1, 1.2), Point(-0.1, 1.2)].map(geometry.picture)),
            .color(Color(hex: 0x141A33)),
            .background,
            .form
        )
    }

    private mutating func addLibrary() {
        var random = sceneRandom(54)
        addSky(Color(hex: 0x4A3020), Color(hex: 0x3A2418))
        let spines: [UInt32] = [0x8E3B34, 0x3F6C7A, 0xC69A4A, 0x5B7447, 0x73507A, 0xB5653A, 0xD6C7A2, 0x35425E]
        for shelf in 0..<4 {
            let bottom = 0.235 + 0.26 * Double(shelf)
            var x = -0.02
            while x < 1.02 {
                let (width, height) = (random.uniform(0.024...0.052), random.uniform(0.15...0.205))
                let color = Color(hex: random.pick(spines)).shaded(Float(random.uniform(0...0.25)))
                addBlock(x, bottom - height, width - 0.003, height, .color(color))
                add(
                    Path.rectangle(x: x, y: bottom - height * 0.8, width: width - 0.003, height: 0.012).mapped(
                        geometry.picture
                    ),
                    .color(color.lightened(0.4).opacity(0.7)),
                    .background,
                    .detail
                )
                x += width
            }
            addBlock(-0.1, bottom, 1.2, 0.03, .color(Color(hex: 0x6E4A30)))
        }
        addHalo(0.5 + 0.4 * scene.light.direction, 0.1, 0.8, Color(hex: 0xFFD48A).opacity(0.35))
    }
}
