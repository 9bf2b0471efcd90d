import Elementary
import Imaging

/// More backgrounds, as fractions of the picture.
extension FacePainter {
    /// Everything below a line of `points`, which runs from left to right.
    private mutating func addGround(_ points: [Point], _ color: Color) {
        let line = points.map(geometry.picture)
        add(
            Path(line + [Point(1.2, 1.2), Point(-0.2, 1.2)].map(geometry.picture)),
            .color(color),
            .background,
            .form
        )
    }

    mutating func addMountains() {
        var random = sceneRandom(55)
        addSky(Color(hex: 0x7FB2DC), Color(hex: 0xF3E3D2))
        for layer in 0..<3 {
            let base = 0.34 + 0.17 * Double(layer)
            let color = Color(hex: [0x8FA3C4, 0x5F7FA0, 0x3E5F5E][layer])
            var points = [Point(-0.2, base + 0.1)]
            var peaks: [Point] = []
            for i in 0..<5 {
                let peak = Point(
                    -0.1 + 0.3 * Double(i) + random.uniform(-0.06...0.06),
                    base - random.uniform(0.06...0.2)
                )
                peaks.append(peak)
                points += [peak, Point(peak.x + 0.15, base + random.uniform(0.0...0.06))]
            }
            addGround(points + [Point(1.3, base + 0.1)], color)
            guard layer == 0 else { continue }
            for peak in peaks {
                let cap = Path([
                    peak, peak + Point(0.045, 0.05), peak + Point(0.012, 0.042), peak + Point(-0.012, 0.06),
                    peak + Point(-0.045, 0.05),
                ]).mapped(geometry.picture)
                add(cap, .color(Color(hex: 0xF4F6FA)), .background, .detail)
            }
        }
    }

    mutating func addGarden() {
        var random = sceneRandom(56)
        addSky(Color(hex: 0xCFEAF2), Color(hex: 0xDDEFC8))
        let hedge = (0...16).map { i in
            Point(-0.1 + 1.2 * Double(i) / 16, 0.3 + random.uniform(-0.03...0.03))
        }
        addGround(hedge, Color(hex: 0x4F8F4A))
        addGround([Point(-0.2, 0.62), Point(1.2, 0.6)], Color(hex: 0x6FB053))
        let petals: [UInt32] = [0xE8557A, 0xF6C844, 0xF7F1EE, 0xB46BD0, 0xF0803C]
        for _ in 0..<34 {
            let (x, y, r) = (random.uniform(0...1), random.uniform(0.34...0.98), random.uniform(0.014...0.03))
            addDisc(x, y, r, .color(Color(hex: random.pick(petals))), .detail)
            addDisc(x, y, r * 0.4, .color(Color(hex: 0xFBE58A)), .detail)
        }
        addHalo(0.5 + 0.45 * scene.light.direction, 0.05, 0.6, Color(hex: 0xFFF4C8).opacity(0.5))
    }

    mutating func addSnow() {
        var random = sceneRandom(57)
        addSky(Color(hex: 0xA9BDD2), Color(hex: 0xE6EDF3))
        for i in 0..<9 {
            let (x, top) = (Double(i) / 8 + random.uniform(-0.05...0.05), random.uniform(0.2...0.4))
            for tier in 0..<3 {
                let (y, half) = (top + 0.1 * Double(tier), 0.045 + 0.022 * Double(tier))
                let tree = Path([Point(x, y), Point(x + half, y + 0.16), Point(x - half, y + 0.16)])
                add(tree.mapped(geometry.picture), .color(Color(hex: 0x5F8383)), .background, .form)
                let cap = Path([
                    Point(x, y), Point(x + half * 0.5, y + 0.08), Point(x, y + 0.06), Point(x - half * 0.5, y + 0.08),
                ])
                add(cap.mapped(geometry.picture), .color(Color(hex: 0xF3F7FA)), .background, .detail)
            }
        }
        let drift = (0...16).map { i -> Point in
            let x = -0.1 + 1.2 * Double(i) / 16
            return Point(x, 0.66 + 0.025 * Double.sin(x * 8))
        }
        addGround(drift, Color(hex: 0xF1F5F9))
        for _ in 0..<40 {
            let r = random.uniform(0.004...0.011)
            addDisc(random.uniform(0...1), random.uniform(0...1), r, .color(.white.opacity(0.9)), .detail)
        }
    }

    mutating func addCafe() {
        var random = sceneRandom(58)
        addSky(Color(hex: 0xC9A27C), Color(hex: 0x9A6F4C))
        let left = random.chance(0.5) ? 0.04 : 0.6
        addBlock(left, 0.12, 0.36, 0.42, .color(Color(hex: 0x5A3E2B)))
        addBlock(left + 0.02, 0.14, 0.32, 0.38, .color(Color(hex: 0xCFE4E8)))
        addBlock(left + 0.172, 0.14, 0.016, 0.38, .color(Color(hex: 0x5A3E2B)))
        addBlock(left + 0.02, 0.31, 0.32, 0.016, .color(Color(hex: 0x5A3E2B)))
        let board = left < 0.5 ? 0.62 : 0.08
        addBlock(board, 0.18, 0.28, 0.3, .color(Color(hex: 0x2F3B36)))
        for row in 0..<4 {
            addBlock(
                board + 0.03,
                0.22 + 0.06 * Double(row),
                random.uniform(0.1...0.2),
                0.016,
                .color(Color(hex: 0xE9E4D2).opacity(0.8))
            )
        }
        for i in 0..<3 {
            let x = 0.2 + 0.3 * Double(i)
            add(
                Path([Point(x, 0), Point(x, 0.06)].map(geometry.picture)).stroked(width: 0.008 * geometry.size),
                .color(Color(hex: 0x3A2A20)),
                .background,
                .line
            )
            addHalo(x, 0.09, 0.13, Color(hex: 0xFFE2A0).opacity(0.8))
            addDisc(x, 0.085, 0.03, .color(Color(hex: 0xFFF1C4)))
        }
        addBlock(-0.1, 0.7, 1.2, 0.4, .color(Color(hex: 0x6B4630)))
        addBlock(-0.1, 0.7, 1.2, 0.025, .color(Color(hex: 0x8A5F42)))
    }
}
