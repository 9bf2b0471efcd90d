extension AffineTransform {
    /// The rotation, scale and shift that brings `source` closest to `target`, by least squares over all points: what
    /// five facial landmarks are aligned with (scikit-image's SimilarityTransform, Umeyama 1991, without reflection).
    ///
    /// - Returns: nil for fewer than two points, or when all source points are one
    public static func similarity(from source: [Point], to target: [Point]) -> AffineTransform? {
        guard source.count == target.count, source.count >= 2 else { return nil }
        let count = Double(source.count)
        func centre(_ points: [Point]) -> Point {
            Point(points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
        }
        let (from, to) = (centre(source), centre(target))
        // With complex numbers: the factor that takes source to target is sum(conj(s) t) / sum(|s|^2).
        var (real, imaginary, spread) = (0.0, 0.0, 0.0)
        for (s, t) in zip(source, target) {
            let (sx, sy, tx, ty) = (s.x - from.x, s.y - from.y, t.x - to.x, t.y - to.y)
            real += sx * tx + sy * ty
            imaginary += sx * ty - sy * tx
            spread += sx * sx + sy * sy
        }
        guard spread > 0 else { return nil }
        let (a, b) = (real / spread, imaginary / spread)
        return AffineTransform(
            a: a,
            b: -b,
            tx: to.x - (a * from.x - b * from.y),
            c: b,
            d: a,
            ty: to.y - (b * from.x + a * from.y)
        )
    }
}
