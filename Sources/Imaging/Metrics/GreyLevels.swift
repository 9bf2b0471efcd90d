/// A picture's bytes as floats in 0...255, (height, width, 3) interleaved: whole numbers are exact, as are their means at all
/// scales of MS-SSIM, where n/255 in 32 bits is off by 1e-8.
struct GreyLevels {
    let width: Int
    let height: Int
    let levels: [Float]

    init(_ bitmap: Bitmap) {
        self.init(width: bitmap.width, height: bitmap.height, levels: bitmap.pixels.map(Float.init))
    }

    init(width: Int, height: Int, levels: [Float]) {
        self.width = width
        self.height = height
        self.levels = levels
    }
}
