/// How a camera was held: EXIF tag 0x0112, CIPA DC-008. The name says what brings the stored picture upright.
enum Orientation: Int, CaseIterable {
    case upright = 1
    case mirror = 2
    case rotate180 = 3
    case flip = 4
    case transpose = 5
    case rotateClockwise = 6
    case transverse = 7
    case rotateCounterclockwise = 8

    /// Whether it makes the width of what is stored the height.
    var swapsSides: Bool { rawValue >= Orientation.transpose.rawValue }

    /// Reads the tag from the TIFF structure that starts at `start` in `bytes` (its offsets count from there).
    /// Whatever is missing, wrong, or outside the bytes gives `upright`: a bad tag is no reason to refuse a photo.
    init(tiff bytes: [UInt8], at start: Int) {
        self = Orientation.find(bytes, start) ?? .upright
    }

    private static func find(_ bytes: [UInt8], _ start: Int) -> Orientation? {
        let little = bytes.has("II", at: start)
        guard little || bytes.has("MM", at: start),
            bytes.uint16(at: start + 2, littleEndian: little) == 42,
            let directory = bytes.uint32(at: start + 4, littleEndian: little),
            let count = bytes.uint16(at: start + directory, littleEndian: little)
        else { return nil }
        let orientationTag = 0x0112
        let (short, long) = (3, 4)
        for entry in 0..<count {
            let offset = start + directory + 2 + 12 * entry
            guard let tag = bytes.uint16(at: offset, littleEndian: little) else { return nil }
            guard tag == orientationTag else { continue }
            let value: Int? =
                switch bytes.uint16(at: offset + 2, littleEndian: little) {
                case short: bytes.uint16(at: offset + 8, littleEndian: little)
                case long: bytes.uint32(at: offset + 8, littleEndian: little)
                default: nil
                }
            return value.flatMap(Orientation.init(rawValue:))
        }
        return nil
    }
}

extension Bitmap {
    /// The stored picture turned as `orientation` asks.
    func upright(_ orientation: Orientation) -> Bitmap {
        guard orientation != .upright else { return self }
        let (newWidth, newHeight) = orientation.swapsSides ? (height, width) : (width, height)
        let (right, bottom) = (width - 1, height - 1)
        var turned = [UInt8](repeating: 0, count: pixels.count)
        var target = 0
        for y in 0..<newHeight {
            for x in 0..<newWidth {
                let (sourceX, sourceY) =
                    switch orientation {
                    case .upright: (x, y)
                    case .mirror: (right - x, y)
                    case .rotate180: (right - x, bottom - y)
                    case .flip: (x, bottom - y)
                    case .transpose: (y, x)
                    case .rotateClockwise: (y, bottom - x)
                    case .transverse: (right - y, bottom - x)
                    case .rotateCounterclockwise: (right - y, x)
                    }
                let source = (sourceY * width + sourceX) * 3
                turned[target] = pixels[source]
                turned[target + 1] = pixels[source + 1]
                turned[target + 2] = pixels[source + 2]
                target += 3
            }
        }
        return Bitmap(width: newWidth, height: newHeight, pixels: turned)
    }
}
