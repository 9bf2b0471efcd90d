import Kernels

extension Bitmap {
    /// The picture moved by `transform` (from its pixels to those of the result), bilinear, with `border` outside: bit for
    /// bit what OpenCV 4 makes of bytes (cv2.warpAffine up to 4.10, BORDER_CONSTANT), which rounds positions to 1/32
    /// pixel. Aligned faces are made so, by insightface and facexlib.
    ///
    /// A transform without an inverse gives a picture of one pixel's colour, as there.
    public func warped(by transform: AffineTransform, width newWidth: Int, height newHeight: Int, border: RGB) -> Bitmap
    {
        require(newWidth > 0 && newHeight > 0, "a side of \(newWidth)x\(newHeight) is not positive")
        let back = transform.openCVInverse
        // Positions along a row and along a column in units of 1/1024, each rounded for itself.
        let columns = (0..<newWidth).map { (fixed(back.a * Double($0)), fixed(back.c * Double($0))) }
        let pixels = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight * 3) { result, count in
            guard let result = result.baseAddress else { return }
            Parallel.forRanges(newHeight, grain: 16) { band in
                for y in band {
                    let startX = fixed(back.b * Double(y) + back.tx) + Self.half
                    let startY = fixed(back.d * Double(y) + back.ty) + Self.half
                    for x in 0..<newWidth {
                        let (u, v) = ((startX + columns[x].0) >> 5, (startY + columns[x].1) >> 5)
                        let (column, row) = (u >> 5, v >> 5)
                        let isInside = column >= -1 && column < width && row >= -1 && row < height
                        let color =
                            isInside ? mixed(column, row, right: u & 31, down: v & 31, border: border) : border
                        let target = result + (y * newWidth + x) * 3
                        (target[0], target[1], target[2]) = (color.r, color.g, color.b)
                    }
                }
            }
            count = newWidth * newHeight * 3
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: pixels)
    }

    /// Half of 1/32 in units of 1/1024.
    private static let half = 16

    /// Four neighbours, with `right` and `down` in 32nds; those outside are `border`.
    private func mixed(_ column: Int, _ row: Int, right: Int, down: Int, border: RGB) -> RGB {
        func pixel(_ x: Int, _ y: Int) -> RGB { x >= 0 && x < width && y >= 0 && y < height ? self[x, y] : border }
        let corners = (pixel(column, row), pixel(column + 1, row), pixel(column, row + 1), pixel(column + 1, row + 1))
        func mix(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8) -> UInt8 {
            let upper = Int(a) * (32 - right) + Int(b) * right
            let lower = Int(c) * (32 - right) + Int(d) * right
            return UInt8((upper * (32 - down) + lower * down + 512) >> 10)
        }
        return RGB(
            mix(corners.0.r, corners.1.r, corners.2.r, corners.3.r),
            mix(corners.0.g, corners.1.g, corners.2.g, corners.3.g),
            mix(corners.0.b, corners.1.b, corners.2.b, corners.3.b)
        )
    }
}

/// In units of 1/1024, to the nearest, kept within 32 bits; what is not a number is the least, as OpenCV has it.
private func fixed(_ position: Double) -> Int {
    let scaled = (position * 1024).rounded(.toNearestOrEven)
    guard !scaled.isNaN else { return Int(Int32.min) }
    return Int(min(max(scaled, Double(Int32.min)), Double(Int32.max)))
}

extension AffineTransform {
    /// The map back with OpenCV's roundings; all zeros where there is none.
    fileprivate var openCVInverse: AffineTransform {
        let determinant = a * d - b * c
        let scale = determinant != 0 ? 1 / determinant : 0
        let (ia, ib, ic, id) = (d * scale, b * -scale, c * -scale, a * scale)
        return AffineTransform(a: ia, b: ib, tx: -ia * tx - ib * ty, c: ic, d: id, ty: -ic * tx - id * ty)
    }
}
