import CPNG
import CTurboJPEG
import CWebP
import Foundation

extension Bitmap {
    /// An 8-bit RGB PNG; the same pixels and texts give the same bytes. `metadata` becomes uncompressed iTXt chunks, in
    /// order, right after the header, where tools that read only a file's beginning find them.
    /// Throws `ImageError.badMetadata` for a key that PNG does not allow.
    public func encodedPNG(metadata: [(key: String, value: String)] = []) throws -> Data {
        let texts = try metadata.map { try PNGMetadata.chunk(key: $0.key, value: $0.value) }
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
        defer { png_image_free(&image) }

        // An upper bound of the size: each row and its filter byte stored uncompressed, and room for the headers.
        let raw = (width * 3 + 1) * height
        var capacity = png_alloc_size_t(raw + raw / 100 + 65536)
        var file = [UInt8](repeating: 0, count: Int(capacity))
        let written = file.withUnsafeMutableBytes { buffer in
            pixels.withUnsafeBytes { pixels in
                png_image_write_to_memory(&image, buffer.baseAddress, &capacity, 0, pixels.baseAddress, 0, nil)
            }
        }
        guard written != 0 else { throw failure(.png, pngMessage(image)) }

        let headerEnd = PNGSignature.bytes.count + 25
        return Data(file[..<headerEnd]) + Data(texts.joined()) + Data(file[headerEnd..<Int(capacity)])
    }

    /// A baseline JPEG with full chroma resolution (4:4:4). `quality` is 1...100. `metadata` goes into one EXIF segment, of
    /// 64 KB at most: what is longest is left out until the rest fits.
    public func encodedJPEG(quality: Int = 95, metadata: [(key: String, value: String)] = []) throws -> Data {
        guard width <= 65500, height <= 65500 else { throw failure(.jpeg, "a side is at most 65500 pixels") }
        guard let compressor = tjInitCompress() else { throw failure(.jpeg, "libjpeg-turbo could not start") }
        defer { tjDestroy(compressor) }
        var file: UnsafeMutablePointer<UInt8>?
        var size: CUnsignedLong = 0
        defer { tjFree(file) }
        let status = tjCompress2(
            compressor,
            pixels,
            CInt(width),
            0,
            CInt(height),
            CInt(TJPF_RGB.rawValue),
            &file,
            &size,
            CInt(TJSAMP_444.rawValue),
            CInt(min(max(quality, 1), 100)),
            TJFLAG_ACCURATEDCT
        )
        guard status == 0, let file else {
            throw failure(.jpeg, tjGetErrorStr2(compressor).map { String(cString: $0) } ?? "unknown error")
        }
        let bytes = [UInt8](UnsafeBufferPointer(start: file, count: Int(size)))
        guard let exif = PictureTexts.exif(metadata, mostBytes: 65_000) else { return Data(bytes) }
        // Behind the start and JFIF's own segment, which libjpeg writes first.
        let jfif = bytes.uint16(at: 4, littleEndian: false) ?? 0
        let place = bytes.starts(with: [0xFF, 0xD8, 0xFF, 0xE0]) ? min(bytes.count, 4 + jfif) : 2
        let body = Array("Exif\0\0".utf8) + exif
        let length = body.count + 2
        let segment = [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + body
        return Data(bytes[..<place] + segment + bytes[place...])
    }

    /// A lossless WebP, with `metadata` as EXIF.
    public func encodedWebP(metadata: [(key: String, value: String)] = []) throws -> Data {
        guard width <= 16383, height <= 16383 else { throw failure(.webp, "a side is at most 16383 pixels") }
        var file: UnsafeMutablePointer<UInt8>?
        let size = WebPEncodeLosslessRGB(pixels, CInt(width), CInt(height), CInt(width * 3), &file)
        defer { WebPFree(file) }
        guard size > 0, let file else { throw failure(.webp, "libwebp could not encode it") }
        let bytes = [UInt8](UnsafeBufferPointer(start: file, count: size))
        guard let exif = PictureTexts.exif(metadata) else { return Data(bytes) }
        // The extended form: a header that announces EXIF, the picture, EXIF (RFC 9649, section 2.7).
        func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(value >> (8 * $0) & 255) } }
        func chunk(_ name: StaticString, _ data: [UInt8]) -> [UInt8] {
            name.withUTF8Buffer { Array($0) } + little(data.count, 4) + data + (data.count % 2 == 0 ? [] : [0])
        }
        let hasExif = 0x08
        let header = chunk("VP8X", [UInt8(hasExif), 0, 0, 0] + little(width - 1, 3) + little(height - 1, 3))
        let body = Array("WEBP".utf8) + header + bytes[12...] + chunk("EXIF", exif)
        return Data(Array("RIFF".utf8) + little(body.count, 4) + body)
    }

    private func failure(_ format: ImageFormat, _ reason: String) -> ImageError {
        .cannotEncode(format: format, width: width, height: height, reason: reason)
    }
}
