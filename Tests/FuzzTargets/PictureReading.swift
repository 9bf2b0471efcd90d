import Foundation
import Imaging

/// A picture of one format: its pixels.
func readPicture(_ bytes: [UInt8], beginning: [UInt8]) throws {
    guard bytes.starts(with: beginning) else { return }
    let limits = DecodeLimits(pixels: 1 << 16)
    do {
        let picture = try Bitmap.decode(Data(bytes), name: "p", limits: limits)
        let (width, height) = (picture.width, picture.height)
        try require(width > 0 && height > 0 && width * height <= limits.pixels, "\(width) x \(height) pixels")
        try require(picture.pixels.count == 3 * width * height, "\(picture.pixels.count) bytes of \(width) x \(height)")
    } catch let error as ImageError {
        try require("\(error)".hasPrefix("p: "), "\(error)")
    }
}

/// A PNG whose chunks have the checksums of what they hold, so that what was changed is also read.
func withRightChecksums(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.starts(with: PNGSignature.bytes) else { return bytes }
    var right = bytes
    var reader = PNGChunkReader(bytes)
    while let chunk = reader.next() {
        let checksum = CRC32.checksum(bytes[chunk.data.lowerBound - 4..<chunk.data.upperBound])
        right.replaceSubrange(chunk.data.upperBound..<chunk.data.upperBound + 4, with: checksum.bigEndianBytes)
    }
    return right
}
