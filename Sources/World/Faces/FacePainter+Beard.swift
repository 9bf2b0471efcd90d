import Imaging

extension FacePainter {
    mutating func paintBeard() {
        switch identity.beard {
        case .none: break
        case .stubble:
            addJaw(
                color: identity.browTint.mixed(with: identity.skinColor, 0.35).opacity(0.42),
                grow: 0,
                role: .shading
            )
            addMoustache(opacity: 0.35, role: .shading)
        case .moustache: addMoustache(opacity: 1, role: .form)
        case .goatee:
            addGoatee()
            addMoustache(opacity: 0.95, role: .form)
        case .full:
            addJaw(color: identity.browTint, grow: 0.07, role: .form)
            addMoustache(opacity: 1, role: .form)
        }
    }

    private var mouthLow: Double { mouthHeight + mood.opening + identity.lipFullness * 1.3 }

    /// Along the jaw from ear to ear, with the mouth left free.
    private mutating func addJaw(color: Color, grow: Double, role: FaceShape.Role) {
        let w = identity.faceWidth
        let chin = 1 + identity.chin
        let jaw = [
            Point(0.985 * w, 0.10), Point((0.93 + grow * 0.6) * w, 0.46),
            Point((0.70 + 0.2 * identity.jaw + grow) * w, 0.74 + grow * 0.3),
            Point((0.32 + 0.2 * identity.jaw) * w, chin - 0.05 + grow), Point(0, chin + 0.015 + grow * 1.3),
        ]
        let cheek = [
            Point(0, mouthLow + 0.045), Point(identity.mouthWidth * 0.8, mouthLow + 0.03),
            Point(identity.mouthWidth * 1.42, mouthHeight - 0.06),
            Point(0.72 * w, 0.44), Point(0.90 * w, 0.24), Point(0.955 * w, 0.04),
        ]
        func mirror(_ points: [Point]) -> [Point] { points.reversed().map { Point(-$0.x, $0.y) } }
        func curve(_ points: [Point]) -> [Point] { Path.smooth(points).subpaths.first ?? [] }
        let outside = curve(jaw + mirror(jaw.dropLast())).map(geometry.outline)
        let inside = curve(mirror(Array(cheek.dropFirst())) + cheek).map(geometry.front)
        let path = Path(outside + inside)
        add(path, lit(color, halfWidth: w, top: 0.3, bottom: 1.1), .beard, role)
        guard role == .form else { return }
        addWhiskers(in: path, x: -w...w, y: 0.15...(chin + grow), count: 110, purpose: 40)
    }

    private mutating func addMoustache(opacity: Float, role: FaceShape.Role) {
        let top = mouthHeight - identity.lipFullness - 0.005
        let (w, corner) = (identity.mouthWidth * mood.stretch, mouthCorners[1].y)
        let right = [
            Point(0.03, top - 0.085), Point(w * 0.55, top - 0.055), Point(w * 1.06, corner - 0.045),
            Point(w * 1.16, corner + 0.02),
            Point(w * 0.75, corner - 0.005 - identity.lipFullness * 0.35), Point(w * 0.3, top + 0.012),
        ]
        let left = right.reversed().map { Point(-$0.x, $0.y) }
        let path = Path.smooth([Point(0, top - 0.07)] + right + [Point(0, top - 0.005)] + left, closed: true).mapped(
            geometry.front
        )
        add(path, .color(identity.browTint.opacity(opacity)), .beard, role)
        guard role == .form else { return }
        addWhiskers(in: path, x: -w...w, y: (top - 0.1)...max(top - 0.1, corner + 0.03), count: 44, purpose: 41)
    }

    private mutating func addGoatee() {
        let chin = 1 + identity.chin
        let w = identity.mouthWidth
        let right = [
            Point(w * 0.55, mouthLow + 0.05), Point(w * 0.95, (mouthLow + chin) / 2 + 0.02),
            Point(w * 0.6, chin + 0.02),
        ]
        let left = right.reversed().map { Point(-$0.x, $0.y) }
        let path = Path.smooth([Point(0, mouthLow + 0.035)] + right + [Point(0, chin + 0.06)] + left, closed: true)
            .mapped(geometry.front)
        add(path, lit(identity.browTint, halfWidth: w, top: 0.7, bottom: 1.1), .beard, .form)
        addWhiskers(in: path, x: -w...w, y: mouthLow...max(mouthLow, chin), count: 40, purpose: 42)
    }

    private mutating func addWhiskers(
        in clip: Path,
        x: ClosedRange<Double>,
        y: ClosedRange<Double>,
        count: Int,
        purpose: UInt64
    ) {
        var random = identityRandom(purpose)
        let tint = identity.browTint
        for _ in 0..<count {
            let from = Point(random.uniform(x), random.uniform(y))
            let to = from + Point(from.x * 0.12 + random.uniform(-0.02...0.02), random.uniform(0.05...0.1))
            let color = random.chance(0.5) ? tint.lightened(0.22) : tint.shaded(0.4)
            add(
                Path([from, (from + to) * 0.5, to].map(geometry.front)).stroked { u in
                    geometry.unit * 0.014 * (1 - 0.7 * u)
                },
                .color(color.opacity(0.5)),
                .beard,
                .shading,
                clip: clip
            )
        }
    }
}
