extension AffineTransform {
    /// The rotation, scale and shift that brings most of `source` to `target`: what facexlib aligns faces with.
    /// OpenCV 4: cv2.estimateAffinePartial2D(method=LMEDS) with its defaults, random choices included.
    ///
    /// Of 13 transforms through two points each, the one with the least median error tells which points fit; all of these
    /// then decide by least squares.
    ///
    /// - Returns: nil for fewer than three points, or when no two of them give a transform
    public static func leastMedianSimilarity(from source: [Point], to target: [Point]) -> AffineTransform? {
        guard source.count == target.count, source.count > 2 else { return nil }
        let (from, to) = (source.map(\.inSinglePrecision), target.map(\.inSinglePrecision))
        var random = MultiplyWithCarry()
        var best: (transform: AffineTransform, median: Float)?
        for _ in 0..<13 {
            let i = random.next(below: from.count)
            var j = random.next(below: from.count)
            while j == i { j = random.next(below: from.count) }
            let candidate = AffineTransform(exactlyFrom: (from[i], from[j]), to: (to[i], to[j]))
            let errors = candidate.squaredErrors(from, to)
            guard errors.allSatisfy(\.isFinite) else { continue }
            let median = errors.sorted()[errors.count / 2]
            if best.map({ median < $0.median }) ?? true { best = (candidate, median) }
        }
        guard let best else { return nil }
        let spread = 2.5 * 1.4826 * (1 + 5 / Double(from.count - 2)) * Double(best.median).squareRoot()
        let limit = Float(max(spread, 0.001) * max(spread, 0.001))
        let fits = zip(best.transform.squaredErrors(from, to), from.indices).filter { $0.0 <= limit }.map(\.1)
        return similarity(from: fits.map { from[$0] }, to: fits.map { to[$0] }) ?? best.transform
    }

    /// The similarity that takes two points exactly to two others; not finite when both are one.
    private init(exactlyFrom from: (Point, Point), to: (Point, Point)) {
        let (d, e) = (from.0 - from.1, to.0 - to.1)
        let length = d.x * d.x + d.y * d.y
        let (real, imaginary) = ((e.x * d.x + e.y * d.y) / length, (e.y * d.x - e.x * d.y) / length)
        self.init(
            a: real,
            b: -imaginary,
            tx: to.0.x - (real * from.0.x - imaginary * from.0.y),
            c: imaginary,
            d: real,
            ty: to.0.y - (imaginary * from.0.x + real * from.0.y)
        )
    }

    /// In 32-bit floats, as OpenCV judges points.
    private func squaredErrors(_ from: [Point], _ to: [Point]) -> [Float] {
        let (a, b, tx) = (Float(a), Float(b), Float(tx))
        let (c, d, ty) = (Float(c), Float(d), Float(ty))
        return zip(from, to).map { p, q in
            let x = a * Float(p.x) + b * Float(p.y) + tx - Float(q.x)
            let y = c * Float(p.x) + d * Float(p.y) + ty - Float(q.y)
            return x * x + y * y
        }
    }
}

extension Point {
    fileprivate var inSinglePrecision: Point { Point(Double(Float(x)), Double(Float(y))) }
}

/// OpenCV's random numbers (cv::RNG, Marsaglia's multiply-with-carry) from the state that its estimators start with.
private struct MultiplyWithCarry {
    private var state = UInt64.max

    mutating func next(below limit: Int) -> Int {
        state = (state & 0xffff_ffff) &* 4_164_903_690 &+ state >> 32
        return Int(UInt32(truncatingIfNeeded: state)) % limit
    }
}
