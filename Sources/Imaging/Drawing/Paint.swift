import Elementary

/// What a shape is filled with.
public enum Paint: Equatable, Sendable {
    case color(Color)
    /// From the first stop at `from` to the last at `to`, constant beyond both.
    case linear(from: Point, to: Point, stops: [Stop])
    /// From the first stop in the centre to the last on an ellipse, constant outside. `angle` turns the ellipse.
    case radial(center: Point, radiusX: Double, radiusY: Double, angle: Double, stops: [Stop])

    /// A colour at a position 0...1 along a gradient.
    public struct Stop: Equatable, Sendable {
        public var position: Float
        public var color: Color

        public init(_ position: Float, _ color: Color) {
            self.position = position
            self.color = color
        }
    }

    /// Two colours, top to bottom or along any line.
    public static func linear(from: Point, to: Point, _ first: Color, _ last: Color) -> Paint {
        .linear(from: from, to: to, stops: [Stop(0, first), Stop(1, last)])
    }

    /// A soft spot: `color` in the centre that fades to nothing with a smooth shoulder.
    public static func glow(
        center: Point,
        radiusX: Double,
        radiusY: Double,
        angle: Double = 0,
        _ color: Color
    ) -> Paint {
        let stops = stride(from: Float(0), through: 1, by: 0.125).map { t in
            let rest = 1 - t * t
            return Stop(t, color.opacity(color.a * rest * rest))
        }
        return .radial(center: center, radiusX: radiusX, radiusY: radiusY, angle: angle, stops: stops)
    }

    /// The colour that stands for the whole paint where there are no gradients: a gradient's middle.
    public var main: Color {
        switch self {
        case .color(let color): color
        case .linear(_, _, let stops), .radial(_, _, _, _, let stops):
            stops.withUnsafeBufferPointer { Paint.color($0, at: 0.5) }
        }
    }

    /// The same paint with every opacity multiplied by `factor`.
    package func faded(to factor: Float) -> Paint {
        func fade(_ stops: [Stop]) -> [Stop] {
            stops.map { Stop($0.position, $0.color.opacity($0.color.a * factor)) }
        }
        return switch self {
        case .color(let color): .color(color.opacity(color.a * factor))
        case .linear(let from, let to, let stops): .linear(from: from, to: to, stops: fade(stops))
        case .radial(let center, let radiusX, let radiusY, let angle, let stops):
            .radial(center: center, radiusX: radiusX, radiusY: radiusY, angle: angle, stops: fade(stops))
        }
    }

    /// The same paint with every colour nearer to white.
    package func lightened(_ t: Float) -> Paint {
        func lighten(_ stops: [Stop]) -> [Stop] { stops.map { Stop($0.position, $0.color.lightened(t)) } }
        return switch self {
        case .color(let color): .color(color.lightened(t))
        case .linear(let from, let to, let stops): .linear(from: from, to: to, stops: lighten(stops))
        case .radial(let center, let radiusX, let radiusY, let angle, let stops):
            .radial(center: center, radiusX: radiusX, radiusY: radiusY, angle: angle, stops: lighten(stops))
        }
    }

    func color(at p: Point) -> Color {
        var result = Color(0, 0, 0, 0)
        withColors { result = $0(p) }
        return result
    }

    /// Calls `body` with the paint as a function of the position; what all positions share is computed once.
    func withColors(_ body: ((Point) -> Color) -> Void) {
        switch self {
        case .color(let color):
            body { _ in color }
        case .linear(let from, let to, let stops):
            let axis = to - from
            let squared = axis.x * axis.x + axis.y * axis.y
            stops.withUnsafeBufferPointer { stops in
                body { p in
                    guard squared > 0 else { return Paint.color(stops, at: 0) }
                    return Paint.color(stops, at: Float(((p.x - from.x) * axis.x + (p.y - from.y) * axis.y) / squared))
                }
            }
        case .radial(let center, let radiusX, let radiusY, let angle, let stops):
            let (s, c) = angle == 0 ? (0, 1) : (Double.sin(angle), Double.cos(angle))
            stops.withUnsafeBufferPointer { stops in
                body { p in
                    guard radiusX > 0, radiusY > 0 else { return Paint.color(stops, at: 1) }
                    let d = p - center
                    let (x, y) = ((c * d.x + s * d.y) / radiusX, (c * d.y - s * d.x) / radiusY)
                    return Paint.color(stops, at: Float((x * x + y * y).squareRoot()))
                }
            }
        }
    }

    private static func color(_ stops: UnsafeBufferPointer<Stop>, at t: Float) -> Color {
        guard let first = stops.first, let last = stops.last else { return Color(0, 0, 0, 0) }
        if t <= first.position { return first.color }
        var i = 1
        while i < stops.count {
            if t < stops[i].position {
                let (a, b) = (stops[i - 1], stops[i])
                return a.color.mixed(with: b.color, (t - a.position) / (b.position - a.position))
            }
            i += 1
        }
        return last.color
    }
}
