extension Bitmap {
    /// Each pixel as a square of so many.
    public func magnified(_ factor: Int) -> Bitmap {
        guard factor > 1 else { return self }
        var large: [UInt8] = []
        large.reserveCapacity(pixels.count * factor * factor)
        for y in 0..<height {
            var row: [UInt8] = []
            for x in 0..<width {
                let pixel = pixels[3 * (y * width + x)..<3 * (y * width + x + 1)]
                for _ in 0..<factor { row += pixel }
            }
            for _ in 0..<factor { large += row }
        }
        return Bitmap(width: factor * width, height: factor * height, pixels: large)
    }
}
