import Foundation

extension Bitmap {
    /// Decodes a PNG, JPEG, WebP, AVIF or HEIC, told apart by content; the last two where libheif is installed.
    ///
    /// The EXIF orientation is applied, transparency is composited on white, 16-bit samples are reduced to 8, and
    /// colour profiles and gamma chunks are ignored: samples are taken as sRGB. `name` is what errors call the file.
    /// Throws `ImageError`; no bytes make it crash, and sizes are checked against `limits` before pixels are allocated.
    public static func decode(_ data: Data, name: String, limits: DecodeLimits = .standard) throws -> Bitmap {
        guard !data.isEmpty else { throw ImageError.empty(name: name) }
        guard data.count <= limits.bytes else {
            throw ImageError.fileTooLarge(name: name, bytes: data.count, limit: limits.bytes)
        }
        let bytes = [UInt8](data)
        guard let format = ImageFormat(sniffing: bytes) else {
            throw ImageError.unknownFormat(name: name, found: ImageFormat.description(ofUnreadable: bytes))
        }
        let (bitmap, orientation) =
            switch format {
            case .png: try PNGDecoder(bytes: bytes, name: name, limits: limits).decode()
            case .jpeg: try JPEGDecoder(bytes: bytes, name: name, limits: limits).decode()
            case .webp: try WebPDecoder(bytes: bytes, name: name, limits: limits).decode()
            case .avif, .heic:
                (
                    try HEIFDecoder(bytes: bytes, name: name, limits: limits, format: format).decode(),
                    Orientation.upright
                )
            }
        return bitmap.upright(orientation)
    }

    /// Reads and decodes a file; its size is checked before it is read, and only regular files are.
    public static func read(path: String, limits: DecodeLimits = .standard) throws -> Bitmap {
        guard access(path, R_OK) == 0 else {
            throw ImageError.unreadable(name: path, reason: String(cString: strerror(errno)))
        }
        let url = URL(fileURLWithPath: path)
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
        } catch {
            throw ImageError.unreadable(name: path, reason: error.localizedDescription)
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw ImageError.unreadable(name: path, reason: "it is not a regular file")
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limits.bytes else {
            throw ImageError.fileTooLarge(name: path, bytes: size, limit: limits.bytes)
        }
        do {
            return try decode(Data(contentsOf: url), name: path, limits: limits)
        } catch let error as ImageError {
            throw error
        } catch {
            throw ImageError.unreadable(name: path, reason: error.localizedDescription)
        }
    }
}

/// Composites straight (not premultiplied) RGBA on white: round((a c + (255 - a) 255) / 255).
func compositedOnWhite(_ rgba: [UInt8], width: Int, height: Int) -> Bitmap {
    var rgb = [UInt8](repeating: 0, count: width * height * 3)
    for i in 0..<width * height {
        let alpha = Int(rgba[4 * i + 3])
        for channel in 0..<3 {
            let value = alpha * Int(rgba[4 * i + channel]) + (255 - alpha) * 255
            rgb[3 * i + channel] = UInt8((value + 127) / 255)
        }
    }
    return Bitmap(width: width, height: height, pixels: rgb)
}
