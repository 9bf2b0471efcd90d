import CPNG

/// Decodes a PNG with libpng's simplified API, which keeps libpng's long jumps inside C.
///
/// libpng never sees the file itself but a copy with only the chunks that say what the pixels are (the critical ones
/// and tRNS). So no gamma or colour profile changes a sample, and no compressed text or profile can be a bomb.
struct PNGDecoder {
    let bytes: [UInt8]
    let name: String
    let limits: DecodeLimits

    func decode() throws -> (Bitmap, Orientation) {
        // 1. Keep what matters; the header first, so that the size is known before anything is allocated.
        var reader = PNGChunkReader(bytes)
        var kept = PNGSignature.bytes
        var orientation = Orientation.upright
        var (hasHeader, isDeep) = (false, false)
        while let chunk = reader.next() {
            if !hasHeader {
                try checkHeader(chunk)
                hasHeader = true
                isDeep = bytes[chunk.data.lowerBound + 8] == 16
                kept += bytes[chunk.wholeRange]
                if isDeep { kept += PNGChunk.encode("gAMA", UInt32(100_000).bigEndianBytes) }
            } else if chunk.isCritical || chunk.type == PNGChunk.transparency {
                kept += bytes[chunk.wholeRange]
            } else if chunk.type == PNGChunk.exif, reader.isIntact(chunk) {
                orientation = Orientation(tiff: Array(bytes[chunk.data]), at: 0)
            }
        }
        guard reader.reachedEnd else { throw ImageError.truncated(name: name, format: .png) }

        // 2. Decode it.
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        let bitmap = try kept.withUnsafeBytes { file in
            guard png_image_begin_read_from_memory(&image, file.baseAddress, file.count) != 0 else {
                throw damage(image)
            }
            return isDeep ? try readDeepPixels(&image) : try readPixels(&image)
        }
        return (bitmap, orientation)
    }

    private func checkHeader(_ chunk: PNGChunk) throws {
        guard chunk.type == PNGChunk.header, chunk.data.count == 13,
            let width = bytes.uint32(at: chunk.data.lowerBound, littleEndian: false),
            let height = bytes.uint32(at: chunk.data.lowerBound + 4, littleEndian: false)
        else { throw ImageError.damaged(name: name, format: .png, detail: "it does not begin with its header") }
        try limits.check(width: width, height: height, name: name, format: .png)
    }

    private func readPixels(_ image: inout png_image) throws -> Bitmap {
        let (width, height) = (Int(image.width), Int(image.height))
        try limits.check(width: width, height: height, name: name, format: .png)
        let alpha = png_uint_32(PNG_FORMAT_FLAG_ALPHA)
        let hasAlpha = image.format & alpha != 0
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR) | (hasAlpha ? alpha : 0)
        var pixels = [UInt8](repeating: 0, count: width * height * (hasAlpha ? 4 : 3))
        let succeeded = pixels.withUnsafeMutableBytes { buffer in
            png_image_finish_read(&image, nil, buffer.baseAddress, 0, nil)
        }
        guard succeeded != 0 else { throw damage(image) }
        return hasAlpha
            ? compositedOnWhite(pixels, width: width, height: height)
            : Bitmap(width: width, height: height, pixels: pixels)
    }

    /// 16-bit samples. libpng's own reduction to 8 bits garbles interlaced pictures (1.6.39 with Debian's security
    /// fixes), so read all 16 and reduce here. libpng gives 16 bits only as linear light, premultiplied: the added
    /// gAMA chunk says that the samples are linear already, so that none is changed.
    private func readDeepPixels(_ image: inout png_image) throws -> Bitmap {
        let (width, height) = (Int(image.width), Int(image.height))
        try limits.check(width: width, height: height, name: name, format: .png)
        let alpha = png_uint_32(PNG_FORMAT_FLAG_ALPHA)
        let hasAlpha = image.format & alpha != 0
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_LINEAR) | (hasAlpha ? alpha : 0)
        let channels = hasAlpha ? 4 : 3
        var samples = [UInt16](repeating: 0, count: width * height * channels)
        let succeeded = samples.withUnsafeMutableBytes { buffer in
            png_image_finish_read(&image, nil, buffer.baseAddress, 0, nil)
        }
        guard succeeded != 0 else { throw damage(image) }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for i in 0..<width * height {
            let white = hasAlpha ? 65535 - Int(samples[i * 4 + 3]) : 0
            for channel in 0..<3 {
                let value = min(65535, Int(samples[i * channels + channel]) + white)
                pixels[3 * i + channel] = UInt8((value * 255 + 32767) / 65535)
            }
        }
        return Bitmap(width: width, height: height, pixels: pixels)
    }

    private func damage(_ image: png_image) -> ImageError {
        .damaged(name: name, format: .png, detail: pngMessage(image))
    }
}

/// libpng's own words for what went wrong.
func pngMessage(_ image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
