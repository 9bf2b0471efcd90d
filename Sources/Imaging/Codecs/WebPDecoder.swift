import CWebP

/// Decodes a still WebP, lossy or lossless, with libwebp.
struct WebPDecoder {
    let bytes: [UInt8]
    let name: String
    let limits: DecodeLimits

    /// What the file says of its picture before it is turned.
    struct Header {
        let width: Int
        let height: Int
        let hasAlpha: Bool
    }

    func header() throws -> Header {
        // RIFF says how long the file is, so a short copy is told from a damaged one.
        guard let length = bytes.uint32(at: 4, littleEndian: true), length <= bytes.count - 8 else {
            throw ImageError.truncated(name: name, format: .webp)
        }
        var features = WebPBitstreamFeatures()
        let status = WebPGetFeatures(bytes, bytes.count, &features)
        guard status == VP8_STATUS_OK else {
            if status == VP8_STATUS_NOT_ENOUGH_DATA { throw ImageError.truncated(name: name, format: .webp) }
            throw damage("its header is wrong")
        }
        let (width, height) = (Int(features.width), Int(features.height))
        try limits.check(width: width, height: height, name: name, format: .webp)
        guard features.has_animation == 0 else {
            throw ImageError.unsupported(
                name: name,
                format: .webp,
                feature: "an animation",
                remedy: "save one frame of it as a picture"
            )
        }
        return Header(width: width, height: height, hasAlpha: features.has_alpha != 0)
    }

    func decode() throws -> (Bitmap, Orientation) {
        let header = try header()
        let (width, height, hasAlpha) = (header.width, header.height, header.hasAlpha)
        let stride = width * (hasAlpha ? 4 : 3)
        var pixels = [UInt8](repeating: 0, count: stride * height)
        let decoded = pixels.withUnsafeMutableBufferPointer { buffer in
            hasAlpha
                ? WebPDecodeRGBAInto(bytes, bytes.count, buffer.baseAddress, buffer.count, CInt(stride))
                : WebPDecodeRGBInto(bytes, bytes.count, buffer.baseAddress, buffer.count, CInt(stride))
        }
        guard decoded != nil else { throw damage("its pixels cannot be decoded") }
        let bitmap =
            hasAlpha
            ? compositedOnWhite(pixels, width: width, height: height)
            : Bitmap(width: width, height: height, pixels: pixels)
        return (bitmap, orientation())
    }

    /// Walks the RIFF chunks for EXIF: its payload is a TIFF structure, which some writers precede with "Exif\0\0".
    func orientation() -> Orientation {
        var offset = 12
        while let length = bytes.uint32(at: offset + 4, littleEndian: true), length <= bytes.count - offset - 8 {
            if bytes.has("EXIF", at: offset) {
                let payload = Array(bytes[offset + 8..<offset + 8 + length])
                return Orientation(tiff: payload, at: payload.has("Exif\0\0", at: 0) ? 6 : 0)
            }
            offset += 8 + length + length % 2
        }
        return .upright
    }

    private func damage(_ detail: String) -> ImageError { .damaged(name: name, format: .webp, detail: detail) }
}
