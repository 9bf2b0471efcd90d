/// The four pixels around a place, whole coordinates being the middles of pixels as in OpenCV.
package struct PixelCell {
    /// Of the upper left pixel.
    package let column: Int
    package let row: Int
    /// How far beyond it the place lies, 0 or more and less than 1.
    package let right: Double
    package let down: Double

    /// Nil beyond one pixel outside a picture, where there is only border; this also keeps wild places from overflowing.
    package init?(around place: Point, width: Int, height: Int) {
        guard place.x > -1, place.x < Double(width), place.y > -1, place.y < Double(height) else { return nil }
        let (left, top) = (place.x.rounded(.down), place.y.rounded(.down))
        (column, row) = (Int(left), Int(top))
        (right, down) = (place.x - left, place.y - top)
    }
}
