import Foundation

/// How large a picture will be once it is decoded and turned upright, without decoding it.
public enum PictureHeader {
    /// - Returns: nil where the file is no picture that is read here, or what it says makes no sense: decoding it says why.
    public static func size(path: String, limits: DecodeLimits = .standard) -> (width: Int, height: Int)? {
        // A pipe of that name must not hold us up.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard let data = try? file.read(upToCount: limits.bytes) else { return nil }
        return size(of: [UInt8](data), limits: limits)
    }

    package static func size(of bytes: [UInt8], limits: DecodeLimits = .standard) -> (width: Int, height: Int)? {
        let found: Frame? =
            switch ImageFormat(sniffing: bytes) {
            case .png: png(bytes)
            case .jpeg: jpeg(bytes)
            case .webp: webp(bytes, limits)
            case .avif: heif(bytes, .avif, limits)
            case .heic: heif(bytes, .heic, limits)
            case nil: nil
            }
        guard let frame = found, frame.width > 0, frame.height > 0, frame.width <= limits.pixels / frame.height else {
            return nil
        }
        return frame.orientation.swapsSides ? (frame.height, frame.width) : (frame.width, frame.height)
    }

    /// As it is stored.
    private struct Frame {
        let width: Int
        let height: Int
        let orientation: Orientation
    }

    private static func png(_ bytes: [UInt8]) -> Frame? {
        var reader = PNGChunkReader(bytes)
        guard let header = reader.next(), header.type == PNGChunk.header,
            let width = bytes.uint32(at: header.data.lowerBound, littleEndian: false),
            let height = bytes.uint32(at: header.data.lowerBound + 4, littleEndian: false)
        else { return nil }
        var orientation = Orientation.upright
        while let chunk = reader.next() {
            guard chunk.type == PNGChunk.exif, reader.isIntact(chunk) else { continue }
            orientation = Orientation(tiff: Array(bytes[chunk.data]), at: 0)
        }
        return reader.reachedEnd ? Frame(width: width, height: height, orientation: orientation) : nil
    }

    private static func webp(_ bytes: [UInt8], _ limits: DecodeLimits) -> Frame? {
        let decoder = WebPDecoder(bytes: bytes, name: "", limits: limits)
        guard let header = try? decoder.header() else { return nil }
        return Frame(width: header.width, height: header.height, orientation: decoder.orientation())
    }

    /// Turned already; nil where libheif is not installed.
    private static func heif(_ bytes: [UInt8], _ format: ImageFormat, _ limits: DecodeLimits) -> Frame? {
        guard let size = try? HEIFDecoder(bytes: bytes, name: "", limits: limits, format: format).size() else {
            return nil
        }
        return Frame(width: size.width, height: size.height, orientation: .upright)
    }

    private static func jpeg(_ bytes: [UInt8]) -> Frame? {
        let markers = JPEGMarkers(bytes)
        guard let start = markers.frame, let height = bytes.uint16(at: start + 3, littleEndian: false),
            let width = bytes.uint16(at: start + 5, littleEndian: false)
        else { return nil }
        return Frame(width: width, height: height, orientation: markers.orientation(bytes))
    }
}
