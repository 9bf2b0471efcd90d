import Kernels

extension Bitmap {
    /// The picture in the upper left of a black square, as large as fits: what insightface shows its detector.
    /// insightface: model_zoo/scrfd.py::SCRFD.detect
    ///
    /// - Returns: the square, and how many of its pixels one pixel of the picture takes
    public func letterboxed(side: Int) -> (picture: Bitmap, scale: Double) {
        require(side > 0, "\(side) is not positive")
        let ratio = Double(height) / Double(width)
        let newWidth = ratio > 1 ? max(1, Int(Double(side) / ratio)) : side
        let newHeight = ratio > 1 ? side : max(1, Int(Double(side) * ratio))
        var square = Bitmap(width: side, height: side, filledWith: .black)
        square.paste(resizedLinearly(width: newWidth, height: newHeight), x: 0, y: 0)
        return (square, Double(newHeight) / Double(height))
    }
}
