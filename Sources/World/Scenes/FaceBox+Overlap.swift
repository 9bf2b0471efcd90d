import Imaging

extension FaceBox {
    public var area: Double { max(0, right - left) * max(0, bottom - top) }

    /// Intersection over union, 0 apart ... 1 the same; 0 as well if both are empty.
    public func overlap(with other: FaceBox) -> Double {
        let common = FaceBox(
            left: max(left, other.left),
            top: max(top, other.top),
            right: min(right, other.right),
            bottom: min(bottom, other.bottom)
        ).area
        let union = area + other.area - common
        return union > 0 ? common / union : 0
    }
}
